package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.cairn.attribution.Npy;
import dev.cairn.attribution.Progress;
import dev.cairn.diffusion.OutputFunction;
import dev.cairn.gradients.GradientGraph;
import dev.cairn.gradients.ParameterFeatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Models with adapters from files, against PyTorch with the adapter active. {@code
 * adapters/make.py} made the files and what is expected.
 */
class AdaptedBundleTest {
  private static final CompileOptions RAW =
      new CompileOptions(
          CompileOptions.ProjectionKind.IDENTITY, 0, 0, AdaptedBundle.FACTORS, 0, false, 0);
  private static final String PEFT = "peft/adapter_model.safetensors";

  @TempDir Path temp;

  /** A factor, and where its gradient stands in a row. */
  record Expected(String name, List<Integer> shape) {
    int elements() {
      return shape.stream().reduce(1, Math::multiplyExact);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "exports/modules-opset17/model.onnx,        adapters/peft/adapter_model.safetensors,             false",
    "exports/modules-opset18-dynamo/model.onnx, adapters/peft/adapter_model.safetensors,             false",
    "adapters/peft/merged.onnx,                 adapters/peft/adapter_model.safetensors,             true",
    "exports/modules-opset17/model.onnx,        adapters/diffusers/pytorch_lora_weights.safetensors, false",
    "exports/modules-opset18-dynamo/model.onnx, adapters/diffusers/pytorch_lora_weights.safetensors, false",
    "exports/modules-opset17/model.onnx,        adapters/kohya/adapter.safetensors,                  false",
    "exports/modules-opset18-dynamo/model.onnx, adapters/kohya/adapter.safetensors,                  false"
  })
  void prediction_and_gradients_are_those_of_pytorch_with_the_adapter_active(
      String model, String adapter, boolean merged) throws IOException {
    // Given
    ModelBundle base = bundle(resource(model));
    Path file = resource(adapter);

    // When
    ModelBundle adapted = AdaptedBundle.create(base, file, merged, temp.resolve("adapted"));

    // Then
    CompiledBundle compiled = GradientCompiler.compile(adapted, RAW, Progress.none());
    assertThat(adapted.digest()).isNotEqualTo(base.digest());
    assertAsInPyTorch(file.getParent(), compiled);
  }

  @Test
  void weights_that_stay_in_their_file_are_linked_and_give_the_same() throws IOException {
    // Given
    ModelBundle base = bundle(resource("exports/modules-opset17/model.onnx"));

    // When
    ModelBundle adapted =
        AdaptedBundle.create(base, resource("adapters/" + PEFT), false, temp.resolve("a"), 0);

    // Then
    assertThat(temp.resolve("a/unet/base.onnx"))
        .hasSameBinaryContentAs(base.directory().resolve("unet/model.onnx"));
    CompiledBundle compiled = GradientCompiler.compile(adapted, RAW, Progress.none());
    assertAsInPyTorch(resource("adapters/peft"), compiled);
  }

  @Test
  void a_merged_model_predicts_what_it_predicted_before() throws IOException {
    // Given
    ModelBundle merged = bundle(resource("adapters/peft/merged.onnx"));

    // When
    ModelBundle adapted =
        AdaptedBundle.create(merged, resource("adapters/" + PEFT), true, temp.resolve("adapted"));

    // Then
    float[][] expected = outputs(plain(merged)).get(GradientGraph.PREDICTION);
    float[][] found = outputs(plain(adapted)).get(GradientGraph.PREDICTION);
    for (int row = 0; row < expected.length; row++) {
      assertClose(found[row], expected[row], 1e-5, "row " + row);
    }
  }

  @Test
  void an_adapter_of_another_model_is_refused_with_the_nearest_layers() throws IOException {
    ModelBundle base = ModelBundle.open(Fashion.copyTo(temp));

    assertThatThrownBy(
            () ->
                AdaptedBundle.create(
                    base, resource("adapters/" + PEFT), false, temp.resolve("adapted")))
        .hasMessageContaining("is no layer of the model; the nearest are ")
        .hasMessageContaining(PEFT);
  }

  @Test
  void the_bundle_itself_is_not_overwritten() throws IOException {
    ModelBundle base = bundle(resource("exports/modules-opset17/model.onnx"));

    assertThatThrownBy(
            () -> AdaptedBundle.create(base, resource("adapters/" + PEFT), false, base.directory()))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining("is the bundle itself");
  }

  private CompiledGradients plain(ModelBundle bundle) {
    CompileOptions options = new CompileOptions(CompileOptions.ProjectionKind.KRONECKER, 64, 0);
    return GradientCompiler.compile(bundle, options, Progress.none()).gradients();
  }

  private static void assertAsInPyTorch(Path expected, CompiledBundle compiled) throws IOException {
    List<Expected> factors =
        Json.MAPPER.readValue(expected.resolve("manifest.json").toFile(), new TypeReference<>() {});
    Map<String, float[][]> outputs = outputs(compiled.gradients());
    float[][] predictions = rows(expected, "out_sample");
    float[][] gradients = rows(expected, "gradients");
    assertThat(compiled.gradients().manifest().layout().stream().map(ParameterFeatures::name))
        .containsExactlyInAnyOrderElementsOf(factors.stream().map(Expected::name).toList());
    for (int row = 0; row < predictions.length; row++) {
      assertClose(outputs.get(GradientGraph.PREDICTION)[row], predictions[row], 1e-5, "prediction");
      int offset = 0;
      for (Expected factor : factors) {
        float[] gradient = new float[factor.elements()];
        System.arraycopy(gradients[row], offset, gradient, 0, gradient.length);
        float[] found = outputs.get(GradientGraph.GRADIENT_PREFIX + factor.name())[row];
        assertClose(found, gradient, 1e-4, factor.name());
        offset += gradient.length;
      }
    }
  }

  /** Every output, rows × elements, for the inputs and the loss that PyTorch was given. */
  private static Map<String, float[][]> outputs(CompiledGradients gradients) {
    Path inputs = resource("exports/modules-opset17");
    float[][] samples = rows(inputs, "sample");
    float[][] targets = rows(inputs, "target");
    float[] timesteps = Npy.readFloats(inputs.resolve("timestep.npy")).data();
    List<GradientRow> rows = new ArrayList<>();
    for (int i = 0; i < samples.length; i++) {
      float[] scale = new float[targets[i].length];
      float[] offset = new float[targets[i].length];
      OutputFunction.LOSS.affine(targets[i], scale, offset);
      rows.add(new GradientRow(samples[i], (long) timesteps[i], Map.of(), scale, offset));
    }
    Map<String, float[][]> outputs = new HashMap<>();
    try (GradientRun run = new GradientRun(gradients)) {
      run.run(rows, (output, _, values) -> outputs.put(output, values));
    }
    return outputs;
  }

  private static void assertClose(
      float[] found, float[] expected, double tolerance, String description) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow((double) found[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    assertThat(Math.sqrt(difference / norm)).as(description).isCloseTo(0, within(tolerance));
  }

  private static float[][] rows(Path directory, String name) {
    var array = Npy.readFloats(directory.resolve(name + ".npy"));
    int count = array.shape()[0];
    float[][] rows = new float[count][array.data().length / count];
    for (int row = 0; row < count; row++) {
      System.arraycopy(array.data(), row * rows[row].length, rows[row], 0, rows[row].length);
    }
    return rows;
  }

  private ModelBundle bundle(Path model) throws IOException {
    Path directory = temp.resolve("base");
    Path unet = Files.createDirectories(directory.resolve("unet"));
    Files.copy(model, unet.resolve("model.onnx"));
    Files.copy(
        Fashion.resources().resolve("scheduler/scheduler_config.json"),
        directory.resolve("scheduler_config.json"));
    return ModelBundle.open(directory);
  }

  private static Path resource(String name) {
    return Fashion.resources().resolveSibling(name);
  }
}
