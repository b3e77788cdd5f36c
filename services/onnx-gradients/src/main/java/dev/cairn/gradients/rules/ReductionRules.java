package dev.cairn.gradients.rules;

import static dev.cairn.gradients.graph.GraphWriter.attribute;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.List;
import java.util.Map;

/** Sums, means, norms and extremes over axes; Softmax, whose gradient is one; running sums. */
final class ReductionRules {
  private static final long AXES_BECAME_INPUT = 18;

  private ReductionRules() {}

  static final Map<String, Rule> RULES =
      Map.ofEntries(
          Map.entry("ReduceSum", reduction(ReductionRules::sum)),
          Map.entry("ReduceMean", reduction(ReductionRules::mean)),
          Map.entry("ReduceMax", reduction(ReductionRules::extreme)),
          Map.entry("ReduceMin", reduction(ReductionRules::extreme)),
          Map.entry("ReduceL2", reduction(ReductionRules::euclidean)),
          Map.entry("ReduceL1", reduction((ops, r) -> ops.mul(r.delta, ops.unary("Sign", r.x)))),
          Map.entry("ReduceSumSquare", reduction((ops, r) -> ops.mul(r.delta, ops.mul(r.x, 2)))),
          Map.entry("Softmax", ReductionRules::softmax),
          Map.entry("LogSoftmax", ReductionRules::logSoftmax),
          Map.entry("CumSum", ReductionRules::cumulative));

  /**
   * @param x what was reduced
   * @param y what it was reduced to, its reduced axes kept
   * @param delta the gradient at y, its reduced axes kept
   * @param axes ascending
   * @param count elements that went into one
   */
  private record Reduced(Value x, Value y, Value delta, int[] axes, long count) {}

  @FunctionalInterface
  private interface Gradient {
    /** In x's shape, or in one that spreads to it. */
    Value of(Ops ops, Reduced reduced);
  }

  private static Rule reduction(Gradient gradient) {
    return (node, pass) -> {
      Ops ops = pass.ops();
      Value x = pass.input(node, 0);
      long[] given = axes(node, pass);
      if (given == null && node.integer("noop_with_empty_axes", 0) == 1) {
        pass.add(x.name(), pass.delta(node));
        return;
      }
      int[] axes = Axes.normalise(given, x.rank());
      Shape kept = x.shape();
      Shape keptDelta = pass.gradientShape(x.name());
      long count = 1;
      for (int axis : axes) {
        count *= x.shape().size(axis);
        kept = kept.with(axis, 1);
        keptDelta = keptDelta.with(axis + pass.lead(node), 1);
      }
      Value y = ops.reshape(pass.value(node.output()), kept);
      Value delta = ops.reshape(pass.delta(node), keptDelta);
      Value dx = gradient.of(ops, new Reduced(x, y, delta, axes, count));
      Shape whole = pass.gradientShape(x.name());
      pass.add(
          x.name(), dx.shape().equals(whole) ? dx : new Value(ops.spread(dx, x).name(), whole));
    };
  }

  private static long[] axes(Node node, Backward pass) {
    boolean attribute =
        !node.operator().equals("ReduceSum") && pass.graph().opset() < AXES_BECAME_INPUT;
    long[] axes = attribute ? node.integers("axes") : pass.graph().integers(node, 1);
    return axes == null || axes.length == 0 ? null : axes;
  }

  private static Value sum(Ops ops, Reduced reduced) {
    return reduced.delta;
  }

  private static Value mean(Ops ops, Reduced reduced) {
    return ops.mul(reduced.delta, 1.0 / reduced.count);
  }

  /** Where several elements are the extreme, in equal parts. */
  private static Value extreme(Ops ops, Reduced reduced) {
    Value mask = Masks.equal(ops, reduced.x, reduced.y);
    Value ties = ops.reduceSum(mask, true, reduced.axes);
    return ops.mul(reduced.delta, ops.div(mask, ties));
  }

  /** x / ‖x‖, and 0 at 0. */
  private static Value euclidean(Ops ops, Reduced reduced) {
    Value norm = ops.binary("Max", reduced.y, ops.writer().scalar(Float.MIN_NORMAL));
    return ops.mul(reduced.delta, ops.div(reduced.x, norm));
  }

  /** dx = y ⊙ (δ − Σ δ ⊙ y), the sum along the softmax's axis. */
  private static void softmax(Node node, Backward pass) {
    Ops ops = pass.ops();
    Value y = pass.value(node.output());
    Value weighted = ops.mul(pass.delta(node), y);
    Value total = ops.reduceSum(weighted, true, Axes.of(node, y.rank(), -1) + pass.lead(node));
    pass.add(node.input(0), ops.sub(weighted, ops.mul(y, total)));
  }

  /** dx = δ − exp(y) Σ δ. */
  private static void logSoftmax(Node node, Backward pass) {
    Ops ops = pass.ops();
    Value y = pass.value(node.output());
    Value delta = pass.delta(node);
    Value total = ops.reduceSum(delta, true, Axes.of(node, y.rank(), -1) + pass.lead(node));
    pass.add(node.input(0), ops.sub(delta, ops.mul(total, ops.unary("Exp", y))));
  }

  /** The running sum from the other end. */
  private static void cumulative(Node node, Backward pass) {
    Value delta = pass.delta(node);
    long[] axis = pass.graph().integers(node, 1);
    int lead = pass.lead(node);
    long along = Axes.normalise(axis[0], delta.rank() - lead) + lead;
    String sum =
        pass.ops()
            .writer()
            .node(
                "CumSum",
                List.of(delta.name(), pass.ops().writer().longs(along)),
                attribute("reverse", 1 - node.integer("reverse", 0)),
                attribute("exclusive", node.integer("exclusive", 0)));
    pass.add(node.input(0), new Value(sum, delta.shape()));
  }
}
