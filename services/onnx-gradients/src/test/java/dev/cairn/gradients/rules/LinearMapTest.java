package dev.cairn.gradients.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.gradients.GraphEvaluation;
import dev.cairn.gradients.ParameterFeatures;
import dev.cairn.gradients.ProjectionBases;
import dev.cairn.gradients.graph.GraphWriter;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The worked example of the method: two positions, two inputs, two outputs. */
class LinearMapTest {
  private final Ops ops = new Ops(new GraphWriter());
  private final Value weight = new Value("w", Shape.of(2, 2));
  private final Value input = new Value("a", Shape.batch(2, 2));
  private final Value delta = new Value("d", Shape.batch(2, 2));
  private final LinearGradient map = DenseGradient.of(ops, weight, input, delta, false);

  @Test
  void the_gradient_is_the_sum_of_outer_products() {
    Value gradient = map.gradient(ops);

    assertThat(evaluate(gradient)).containsExactly(1, 4, -1, -2);
  }

  @Test
  void the_feature_is_the_gradient_projected_from_both_sides() {
    var layer =
        new ParameterFeatures(
            "w", null, ParameterFeatures.Kind.KRONECKER, List.of(2, 2), false, 2, 2, 1, 1, 0);

    Value feature = map.projected(ops, layer, new GivenMatrices());

    assertThat(evaluate(feature)).containsExactly(-4);
  }

  private float[] evaluate(Value value) {
    return GraphEvaluation.of(ops.writer(), value)
        .with("a", new float[] {1, 2, 0, 1}, 1, 2, 2)
        .with("d", new float[] {1, -1, 2, 0}, 1, 2, 2)
        .run();
  }

  private static final class GivenMatrices implements ProjectionBases {
    @Override
    public float[] in(ParameterFeatures layer) {
      return new float[] {1, 1};
    }

    @Override
    public float[] out(ParameterFeatures layer) {
      return new float[] {1, 3};
    }
  }
}
