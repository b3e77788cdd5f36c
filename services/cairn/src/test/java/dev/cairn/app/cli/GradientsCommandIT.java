package dev.cairn.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cairn.attribution.Npy;
import dev.cairn.attribution.NpyArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GradientsCommandIT {

  private static final int ROWS = 2;
  private static final int[] IMAGES = {ROWS, 1, 16, 16};

  @TempDir Path directory;
  private Path bundle;
  private Path inputs;
  private Path out;

  @BeforeEach
  void writeInputs() throws IOException {
    bundle = DemoModel.bundle(directory);
    inputs = Files.createDirectory(directory.resolve("inputs"));
    out = directory.resolve("out");
    Npy.writeFloats(inputs.resolve("sample.npy"), IMAGES, DemoModel.ramp(ROWS));
    Npy.writeIntegers(inputs.resolve("timestep.npy"), new int[] {ROWS}, new long[] {10, 900});
    Npy.writeFloats(inputs.resolve("target.npy"), IMAGES, DemoModel.filled(ROWS * 256, 0.5f));
  }

  @Test
  void identity_writes_raw_gradients_that_make_up_the_features() {
    // When
    run(bundle, "--projection", "identity").succeeded();

    // Then
    NpyArray features = Npy.readFloats(out.resolve("features.npy"));
    assertThat(features.shape()[0]).isEqualTo(ROWS);
    NpyArray bias = Npy.readFloats(out.resolve("gradients/inp.bias.npy"));
    assertThat(bias.shape()).hasSize(2).startsWith(ROWS);
    assertThat(features.shape()[1]).as("one feature a parameter").isEqualTo(gradientElements());
    assertThat(Npy.shape(out.resolve("prediction.npy"))).containsExactly(IMAGES);
  }

  @Test
  void the_loss_is_the_mean_squared_error_of_each_row() {
    run(bundle.resolve("unet/model.onnx")).succeeded();

    float[] prediction = Npy.readFloats(out.resolve("prediction.npy")).data();
    float[] loss = Npy.readFloats(out.resolve("loss.npy")).data();
    double sum = 0;
    for (int i = 0; i < 256; i++) {
      sum += Math.pow(prediction[i] - 0.5, 2);
    }
    assertThat(loss).hasSize(ROWS);
    assertThat((double) loss[0]).isCloseTo(sum / 256, within(1e-6));
    assertThat(out).isDirectoryNotContaining(file -> file.toString().contains(".cairn-"));
  }

  @Test
  void an_explicit_cotangent_gives_the_same_features_as_the_target_it_stands_for() {
    // Given
    run(bundle).succeeded();
    float[] byTarget = Npy.readFloats(out.resolve("features.npy")).data();

    // When
    Npy.writeFloats(inputs.resolve("scale.npy"), IMAGES, DemoModel.filled(ROWS * 256, 2f / 256));
    Npy.writeFloats(
        inputs.resolve("offset.npy"), IMAGES, DemoModel.filled(ROWS * 256, -2f / 256 * 0.5f));
    run(bundle).succeeded();

    // Then
    assertThat(Npy.readFloats(out.resolve("features.npy")).data()).isEqualTo(byTarget);
  }

  @Test
  void a_wrong_shape_names_both_shapes() {
    Npy.writeFloats(inputs.resolve("sample.npy"), new int[] {ROWS, 1, 8, 8}, new float[ROWS * 64]);

    run(bundle).failedSaying("sample.npy", "[2, 1, 8, 8]", "[1, 16, 16]");
  }

  @Test
  void a_value_that_is_not_a_number_is_located() {
    float[] sample = DemoModel.ramp(ROWS);
    sample[256 + 3] = Float.NaN;
    Npy.writeFloats(inputs.resolve("sample.npy"), IMAGES, sample);

    run(bundle).failedSaying("sample.npy", "element 3 of row 1 is NaN");
  }

  @Test
  void a_missing_input_is_named() throws IOException {
    Files.delete(inputs.resolve("timestep.npy"));

    run(bundle).failedSaying("timestep.npy", "no such file");
  }

  @Test
  void without_a_cotangent_it_says_what_to_give() throws IOException {
    Files.delete(inputs.resolve("target.npy"));

    run(bundle).failedSaying("neither target.npy nor scale.npy and offset.npy");
  }

  @Test
  void files_with_different_numbers_of_rows_are_refused() {
    Npy.writeIntegers(inputs.resolve("timestep.npy"), new int[] {3}, new long[3]);

    run(bundle).failedSaying("timestep.npy", "3 rows", "2");
  }

  @Test
  void a_directory_without_a_model_says_what_was_expected() {
    run(inputs).failedSaying(inputs.toString(), "unet/model.onnx");
  }

  @Test
  void a_file_that_is_no_model_is_refused() throws IOException {
    Path broken = Files.writeString(directory.resolve("broken.onnx"), "not a model");

    run(broken).failedSaying("broken.onnx");
  }

  private int gradientElements() {
    int elements = 0;
    for (Path file : directoryOf(out.resolve("gradients"))) {
      int product = 1;
      int[] shape = Npy.shape(file);
      for (int axis = 1; axis < shape.length; axis++) {
        product *= shape[axis];
      }
      elements += product;
    }
    return elements;
  }

  private static Iterable<Path> directoryOf(Path path) {
    try (var files = Files.list(path)) {
      return files.toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private CommandRun run(Path model, Object... options) {
    Object[] all = new Object[6 + options.length];
    System.arraycopy(
        new Object[] {"gradients", model, "--inputs", inputs, "--out", out}, 0, all, 0, 6);
    System.arraycopy(options, 0, all, 6, options.length);
    return CommandRun.of(all);
  }
}
