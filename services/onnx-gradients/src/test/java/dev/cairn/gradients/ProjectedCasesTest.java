package dev.cairn.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kronecker features of every graph in the table, against its gradients projected by hand. */
class ProjectedCasesTest {
  private static final int ROWS = 3;
  private static final long SEED = 5;

  static List<RuleCase> cases() {
    return RuleCase.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void features_are_the_gradients_projected_from_both_sides(RuleCase rule) {
    check(rule);
  }

  static void check(RuleCase rule) {
    // Given
    var model = rule.graph().build("y");
    GradientGraph identity =
        Differentiator.differentiate(
            model, new GradientSpec(rule.graph().parameters(), new Projection.Identity()));
    int dimension = Math.max(rule.graph().parameters().size(), identity.featureDimension() / 2);

    // When
    GradientGraph kronecker =
        Differentiator.differentiate(
            model,
            new GradientSpec(rule.graph().parameters(), new Projection.Kronecker(SEED, dimension)));

    // Then
    Map<String, float[]> gradients = GraphRun.run(identity.model(), ROWS, Map.of());
    float[] features = GraphRun.run(kronecker.model(), ROWS, Map.of()).get(GradientGraph.FEATURES);
    int k = kronecker.featureDimension();
    assertThat(features).hasSize(ROWS * k);
    for (ParameterFeatures block : kronecker.layout()) {
      for (int row = 0; row < ROWS; row++) {
        double[] expected = Blocks.projected(block, SEED, gradients, row, ROWS);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
          difference += Math.pow(features[row * k + block.offset() + i] - expected[i], 2);
          norm += expected[i] * expected[i];
        }
        assertThat(Math.sqrt(difference))
            .as("%s, %s, row %d", rule, block.name(), row)
            .isLessThan(1e-4 * Math.sqrt(norm) + 1e-5);
      }
    }
  }
}
