package dev.cairn.validation.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cairn.attribution.Progress;
import dev.cairn.diffusion.NoiseBank;
import dev.cairn.diffusion.OutputFunction;
import dev.cairn.gradients.GradientGraph;
import dev.cairn.gradients.ParameterFeatures;
import dev.cairn.runtime.CompileOptions;
import dev.cairn.runtime.CompiledBundle;
import dev.cairn.runtime.GradientCompiler;
import dev.cairn.runtime.GradientRow;
import dev.cairn.runtime.GradientRun;
import dev.cairn.runtime.LossGradient;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.OpenParameters;
import dev.cairn.runtime.TrainableModel;
import dev.cairn.runtime.TrainingRow;
import dev.cairn.validation.TinyModels;
import dev.cairn.validation.unet.UnetBuilder;
import dev.cairn.validation.unet.UnetSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LossGradientTest {
  private static final int ROWS = 5;

  @TempDir Path directory;

  /** Channels that make blocks of the runtime's convolutions, and such that do not. */
  @ParameterizedTest
  @CsvSource({"4, 8, 1", "16, 32, 2"})
  void the_summed_gradient_is_the_sum_of_each_rows_own_gradient(int fine, int coarse, int patch) {
    // Given
    UnetSpec spec =
        new UnetSpec(1, TinyModels.SIZE, patch, List.of(fine, coarse), 1, Set.of(1), 2, 8, 3);
    ModelBundle bundle = TinyModels.bundle(directory, UnetBuilder.build(spec, 1));
    List<TrainingRow> rows = rows();
    double[] expected = new double[TrainableModel.of(bundle.model()).size()];
    TrainableModel model = TrainableModel.of(bundle.model());
    CompileOptions identity = new CompileOptions(CompileOptions.ProjectionKind.IDENTITY, 0, 0);
    CompiledBundle compiled = GradientCompiler.compile(bundle, identity, Progress.none());
    try (GradientRun run = new GradientRun(compiled.gradients())) {
      run.run(
          rows.stream().map(LossGradientTest::gradientRow).toList(),
          (output, _, values) -> add(expected, model, output, values));
    }
    float[] summed = new float[model.size()];

    // When
    double loss;
    try (OpenParameters parameters = new OpenParameters(model);
        LossGradient gradient = new LossGradient(parameters, 8)) {
      parameters.set(model.initial());
      loss = gradient.run(rows, 1.0 / ROWS, summed);
    }

    // Then
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) summed[i]).isEqualTo(expected[i] / ROWS, within(1e-5 * largest));
    }
    assertThat(loss).isBetween(0.5, 3.0);
  }

  @Test
  void the_gradient_is_the_slope_of_the_loss() {
    ModelBundle bundle = TinyModels.bundle(directory, 0);
    TrainableModel model = TrainableModel.of(bundle.model());
    float[] at = model.initial();
    float[] gradient = new float[model.size()];
    try (OpenParameters parameters = new OpenParameters(model);
        LossGradient loss = new LossGradient(parameters, 8)) {
      parameters.set(at);
      loss.run(rows(), 1.0 / ROWS, gradient);
      double square = 0;
      for (float g : gradient) {
        square += (double) g * g;
      }
      float step = (float) (1e-3 / Math.sqrt(square));
      double before = loss(parameters, loss, at, gradient, -step);
      double after = loss(parameters, loss, at, gradient, step);

      assertThat((after - before) / (2 * step)).isEqualTo(square, within(0.01 * square));
    }
  }

  private static double loss(
      OpenParameters parameters, LossGradient loss, float[] at, float[] direction, float step) {
    float[] moved = at.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += step * direction[i];
    }
    parameters.set(moved);
    return loss.run(rows(), 1.0 / ROWS, new float[at.length]);
  }

  private static void add(double[] sum, TrainableModel model, String output, float[][] values) {
    for (ParameterFeatures parameter : model.parameters()) {
      if (output.equals(GradientGraph.GRADIENT_PREFIX + parameter.name())) {
        for (float[] row : values) {
          for (int i = 0; i < row.length; i++) {
            sum[parameter.offset() + i] += row[i];
          }
        }
      }
    }
  }

  private static GradientRow gradientRow(TrainingRow row) {
    float[] scale = new float[row.target().length];
    float[] offset = new float[scale.length];
    OutputFunction.LOSS.affine(row.target(), scale, offset);
    return new GradientRow(row.sample(), row.timestep(), row.conditioning(), scale, offset);
  }

  private static List<TrainingRow> rows() {
    List<TrainingRow> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      float[] sample = new float[64];
      float[] target = new float[64];
      new NoiseBank(5).gaussian("sample", i, 0, sample);
      new NoiseBank(5).gaussian("target", i, 0, target);
      Map<String, float[]> classes = Map.of("class_labels", new float[] {i % 3});
      rows.add(new TrainingRow(sample, 10 * i, classes, target));
    }
    return rows;
  }
}
