package dev.cairn.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cairn.diffusion.NoiseBank;
import dev.cairn.diffusion.NoiseSchedule;
import dev.cairn.diffusion.OutputFunction;
import dev.cairn.diffusion.SchedulerConfig;
import dev.cairn.diffusion.TimestepGrid;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Oracle O4: data on three subspaces. Features are made as for a real model: noised images, the
 * cotangent of the output function, the gradient of every parameter, the mean over timesteps and
 * draws. The examples that score highest must lie in the query's own subspace: measured, 145 or 146
 * of the 150 in the top tens, where chance gives 50.
 */
class SubspaceMixtureOracleTest {
  private static final int D = 24;
  private static final int EXAMPLES = 450;
  private static final int TOP = 10;
  private static final NoiseSchedule SCHEDULE =
      NoiseSchedule.of(
          SchedulerConfig.parse(Map.of("prediction_type", "sample", "clip_sample", false)));

  @TempDir Path directory;

  private final SubspaceMixture model = new SubspaceMixture(D, 4, 5, 6);

  @ParameterizedTest
  @CsvSource({"LOSS, 1", "LOSS, 10", "SQUARE, 1"})
  void top_attributions_come_from_the_querys_own_subspace(
      OutputFunction function, double relativeLambda) {
    // Given features at the noise levels at which the subspaces can be told apart
    int[] grid = TimestepGrid.stratified(200, 5);
    float[][] rows = new float[EXAMPLES][];
    for (int i = 0; i < EXAMPLES; i++) {
      rows[i] = feature(function, i % 3, "train-" + i, grid, 8);
    }

    // When new points ask, at one timestep as the steps of a generation do
    float[][] queries = new float[15][];
    for (int q = 0; q < queries.length; q++) {
      queries[q] = feature(function, q % 3, "query-" + q, new int[] {50 + 10 * q}, 20);
    }
    float[][] scores =
        Builds.scores(directory, rows, new KernelOptions(KernelKind.FULL, relativeLambda), queries);

    // Then
    int own = 0;
    for (int q = 0; q < queries.length; q++) {
      int component = q % 3;
      own +=
          (int)
              TopScores.of(scores[q], TOP).positive().stream()
                  .filter(ranked -> ranked.index() % 3 == component)
                  .count();
    }
    assertThat(own).isGreaterThanOrEqualTo((int) (0.95 * TOP * queries.length));
  }

  @Test
  void the_gradient_is_that_of_finite_differences() {
    float[] x = model.sample(1, "x");
    float[] v = model.sample(2, "v");
    double alphaBar = 0.7;
    double[] gradient = model.gradient(x, v, alphaBar);
    for (int parameter = 0; parameter < model.parameters(); parameter += 7) {
      double step = 1e-3;
      model.shift(parameter, step);
      double above = dot(v, model.denoise(x, alphaBar));
      model.shift(parameter, -2 * step);
      double below = dot(v, model.denoise(x, alphaBar));
      model.shift(parameter, step);
      assertThat(gradient[parameter]).isEqualTo((above - below) / (2 * step), within(2e-4));
    }
  }

  private float[] feature(
      OutputFunction function, int component, String id, int[] timesteps, int draws) {
    float[] image = model.sample(component, id);
    double[] sum = new double[model.parameters()];
    float[] noise = new float[D];
    float[] x = new float[D];
    float[] target = new float[D];
    float[] scale = new float[D];
    float[] offset = new float[D];
    for (int t : timesteps) {
      for (int draw = 0; draw < draws; draw++) {
        new NoiseBank(9).gaussian(id, t, draw, noise);
        SCHEDULE.addNoise(image, noise, t, x);
        SCHEDULE.target(image, noise, t, target);
        function.affine(target, scale, offset);
        float[] cotangent = model.denoise(x, SCHEDULE.alphaBar(t));
        for (int j = 0; j < D; j++) {
          cotangent[j] = scale[j] * cotangent[j] + offset[j];
        }
        double[] gradient = model.gradient(x, cotangent, SCHEDULE.alphaBar(t));
        for (int p = 0; p < sum.length; p++) {
          sum[p] += gradient[p] / (timesteps.length * draws);
        }
      }
    }
    float[] feature = new float[sum.length];
    for (int p = 0; p < sum.length; p++) {
      feature[p] = (float) sum[p];
    }
    return feature;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
