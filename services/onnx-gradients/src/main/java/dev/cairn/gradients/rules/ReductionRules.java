package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.Map;

/** Sums and means over axes, and Softmax, whose gradient is one. */
final class ReductionRules {
  private static final long AXES_BECAME_INPUT_OF_MEAN = 18;

  private ReductionRules() {}

  static final Map<String, Rule> RULES =
      Map.of(
          "ReduceSum", (node, pass) -> reduce(node, pass, pass.graph().integers(node, 1), false),
          "ReduceMean", (node, pass) -> reduce(node, pass, meanAxes(node, pass), true),
          "Softmax", ReductionRules::softmax);

  private static long[] meanAxes(Node node, Backward pass) {
    return pass.graph().opset() < AXES_BECAME_INPUT_OF_MEAN
        ? node.integers("axes")
        : pass.graph().integers(node, 1);
  }

  /** The gradient is spread over what was summed. */
  private static void reduce(Node node, Backward pass, long[] axes, boolean mean) {
    Ops ops = pass.ops();
    Value x = pass.input(node, 0);
    if (axes == null && node.integer("noop_with_empty_axes", 0) == 1) {
      pass.add(x.name(), pass.delta(node));
      return;
    }
    Shape kept = x.shape();
    long count = 1;
    for (int axis : Axes.normalise(axes, x.rank())) {
      count *= x.shape().size(axis);
      kept = kept.with(axis, 1);
    }
    Value delta = ops.reshape(pass.delta(node), kept);
    Value spread = ops.spread(ops.mul(delta, mean ? 1.0 / count : 1), x);
    pass.add(x.name(), spread);
  }

  /** dx = y ⊙ (δ − Σ δ ⊙ y), the sum along the softmax's axis. */
  private static void softmax(Node node, Backward pass) {
    Ops ops = pass.ops();
    Value y = pass.value(node.output());
    Value weighted = ops.mul(pass.delta(node), y);
    Value total = ops.reduceSum(weighted, true, Axes.of(node, y.rank(), -1));
    pass.add(node.input(0), ops.sub(weighted, ops.mul(y, total)));
  }
}
