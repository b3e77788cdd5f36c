package dev.cairn.runtime.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cairn.gradients.GradientGraph;
import dev.cairn.gradients.ParameterFeatures;
import dev.cairn.gradients.Projection;
import dev.cairn.gradients.ProjectionMatrices;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients of exported models against PyTorch's. */
class FixtureGradientsTest {
  private static final double TOLERANCE = 1e-4;

  /** Of a row's largest gradient; below it lies rounding (a key's bias has no effect at all). */
  private static final double NEGLIGIBLE = 1e-6;

  private static final long SEED = 5;

  static List<String> fixtures() {
    return Fixture.NAMES;
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void every_parameter_has_the_gradient_that_autograd_gives_it(String name) throws Exception {
    // Given
    Fixture fixture = Fixture.of(name);

    // When
    Map<String, float[]> gradients =
        FixtureRun.of(fixture, new Projection.Identity()).torchGradients();

    // Then
    int rows = fixture.rows();
    assertThat(gradients.keySet()).containsExactlyElementsOf(fixture.parameters());
    for (int row = 0; row < rows; row++) {
      double largest = 0;
      for (String parameter : fixture.parameters()) {
        largest = Math.max(largest, norm(fixture.gradient(parameter), row, rows));
      }
      for (String parameter : fixture.parameters()) {
        float[] expected = fixture.gradient(parameter);
        float[] actual = gradients.get(parameter);
        assertThat(actual).as(parameter).hasSameSizeAs(expected);
        double norm = norm(expected, row, rows);
        if (norm > NEGLIGIBLE * largest) {
          assertThat(norm(difference(actual, expected), row, rows) / norm)
              .as("%s, row %d", parameter, row)
              .isLessThanOrEqualTo(TOLERANCE);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void the_prediction_and_its_loss_are_those_of_the_model(String name) throws Exception {
    // Given
    Fixture fixture = Fixture.of(name);

    // When
    float[] prediction =
        FixtureRun.of(fixture, new Projection.Kronecker(SEED, 512))
            .outputs()
            .get(GradientGraph.PREDICTION);

    // Then
    float[] expected = fixture.array("out_sample").data();
    float[] target = fixture.array("target").data();
    float[] loss = fixture.array("loss").data();
    assertThat(norm(difference(prediction, expected), 0, 1) / norm(expected, 0, 1))
        .isLessThan(1e-5);
    for (int row = 0; row < loss.length; row++) {
      double error = norm(difference(prediction, target), row, loss.length);
      assertThat(error * error * loss.length / target.length)
          .isCloseTo(loss[row], within(1e-5 * loss[row]));
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void kronecker_features_are_the_gradients_projected_from_both_sides(String name)
      throws Exception {
    // Given
    Fixture fixture = Fixture.of(name);
    FixtureRun kronecker = FixtureRun.of(fixture, new Projection.Kronecker(SEED, 2048));
    Map<String, float[]> gradients = FixtureRun.of(fixture, new Projection.Identity()).outputs();

    // When
    float[] features = kronecker.outputs().get(GradientGraph.FEATURES);

    // Then
    int rows = fixture.rows();
    for (int row = 0; row < rows; row++) {
      double whole = norm(gradients.get(GradientGraph.FEATURES), row, rows);
      for (ParameterFeatures block : kronecker.graph().layout()) {
        double[] expected = projected(block, gradients, row, rows);
        double error = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
          int index = row * kronecker.graph().featureDimension() + block.offset() + i;
          error += Math.pow(features[index] - expected[i], 2);
          norm += expected[i] * expected[i];
        }
        if (Math.sqrt(norm) > NEGLIGIBLE * whole) {
          assertThat(Math.sqrt(error / norm))
              .as("%s, row %d", block.name(), row)
              .isLessThanOrEqualTo(TOLERANCE);
        }
      }
    }
  }

  /** (P_out ⊗ P_in) vec(G) in double, G rebuilt from the gradients as the layout describes it. */
  private static double[] projected(
      ParameterFeatures block, Map<String, float[]> gradients, int row, int rows) {
    float[] weight = gradients.get(GradientGraph.GRADIENT_PREFIX + block.name());
    float[] bias = gradients.get(GradientGraph.GRADIENT_PREFIX + block.bias());
    boolean vector = block.kind() == ParameterFeatures.Kind.VECTOR;
    float[] out = new ProjectionMatrices(SEED).out(block);
    float[] in = vector ? new float[] {1} : new ProjectionMatrices(SEED).in(block);
    int inputs = weight.length / rows / block.dOut();
    double[] projected = new double[block.length()];
    for (int o = 0; o < block.dOut(); o++) {
      for (int c = 0; c < block.dIn(); c++) {
        int index = block.transposed() ? c * block.dOut() + o : o * inputs + c;
        double g =
            c == inputs
                ? bias[row * block.dOut() + o]
                : weight[row * block.dOut() * inputs + index];
        for (int k = 0; k < projected.length; k++) {
          projected[k] +=
              out[k / block.rIn() * block.dOut() + o]
                  * (double) in[k % block.rIn() * block.dIn() + c]
                  * g;
        }
      }
    }
    return projected;
  }

  private static float[] difference(float[] a, float[] b) {
    float[] difference = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      difference[i] = a[i] - b[i];
    }
    return difference;
  }

  /** Euclidean norm of one row of many. */
  private static double norm(float[] values, int row, int rows) {
    int length = values.length / rows;
    double sum = 0;
    for (int i = row * length; i < (row + 1) * length; i++) {
      sum += (double) values[i] * values[i];
    }
    return Math.sqrt(sum);
  }
}
