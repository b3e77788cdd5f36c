package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Normalisation to mean 0 and variance 1 over some axes, then scale and shift: y = γ x̂ + β.
 *
 * <p>With g = γ δ: dx = (g − mean(g) − x̂ ⊙ mean(g ⊙ x̂)) / σ; dγ = Σ δ ⊙ x̂; dβ = Σ δ. Without
 * centring (RMS) the mean of g falls away.
 */
final class NormalisationRules {
  private static final long CHANNELS_HAVE_SCALES = 21;

  private NormalisationRules() {}

  static final Map<String, Rule> RULES =
      Map.of(
          "InstanceNormalization", NormalisationRules::instance,
          "LayerNormalization", (node, pass) -> overLast(node, pass, true),
          "RMSNormalization", (node, pass) -> overLast(node, pass, false),
          "GroupNormalization", NormalisationRules::group,
          "BatchNormalization", NormalisationRules::batch);

  /**
   * How a normalisation looks at its input.
   *
   * @param shape the input's elements, arranged so that whole axes are normalised
   * @param axes the normalised ones
   * @param affine scale and shift, arranged to broadcast to shape
   */
  private record View(Shape shape, int[] axes, Shape affine, boolean centred) {}

  private static void instance(Node node, Backward pass) {
    Shape x = pass.input(node, 0).shape();
    int[] axes = IntStream.range(2, x.rank()).toArray();
    backward(node, pass, new View(x, axes, ones(Shape.of(x.size(1)), x.rank() - 2), true));
  }

  private static void overLast(Node node, Backward pass, boolean centred) {
    Shape x = pass.input(node, 0).shape();
    int first = Axes.of(node, x.rank(), -1);
    int[] axes = IntStream.range(first, x.rank()).toArray();
    Shape scale = pass.graph().shape(node.input(1));
    boolean whole = scale.elements() == x.slice(first, x.rank()).elements();
    Shape affine = whole ? x.slice(first, x.rank()) : scale;
    backward(node, pass, new View(x, axes, affine, centred));
  }

  /** Before opset 21 scale and shift are one a group, since then one a channel. */
  private static void group(Node node, Backward pass) {
    Shape x = pass.input(node, 0).shape();
    long groups = node.integer("num_groups", 1);
    long members = x.size(1) / groups;
    long positions = x.slice(2, x.rank()).elements();
    Shape arranged = x.slice(0, 1).concat(Shape.of(groups, members, positions));
    boolean perChannel = pass.graph().opset() >= CHANNELS_HAVE_SCALES;
    Shape affine = Shape.of(groups, perChannel ? members : 1, 1);
    backward(node, pass, new View(arranged, new int[] {2, 3}, affine, true));
  }

  private static void backward(Node node, Backward pass, View view) {
    if (pass.lead(node) > 0) {
      throw pass.unsupported(node, "weights alone");
    }
    Ops ops = pass.ops();
    Value x = ops.reshape(pass.input(node, 0), view.shape());
    Value delta = ops.reshape(pass.delta(node), view.shape());
    double count = 1;
    for (int axis : view.axes()) {
      count *= x.shape().size(axis);
    }
    double n = count;
    Value centred = view.centred() ? ops.sub(x, mean(ops, x, n, view.axes())) : x;
    Value variance = mean(ops, ops.mul(centred, centred), n, view.axes());
    Value epsilon = ops.writer().scalar(node.number("epsilon", 1e-5f));
    Value deviation = ops.unary("Sqrt", ops.add(variance, epsilon));
    Value unit = ops.div(centred, deviation);
    affine(node, pass, 1, view.affine(), () -> ops.mul(delta, unit));
    affine(node, pass, 2, view.affine(), () -> delta);
    if (pass.isActive(node.input(0))) {
      Value scale = ops.reshape(pass.input(node, 1), view.affine());
      Value g = ops.mul(delta, scale);
      Value along = ops.mul(unit, mean(ops, ops.mul(g, unit), n, view.axes()));
      Value across = view.centred() ? ops.sub(g, mean(ops, g, n, view.axes())) : g;
      Value dx = ops.div(ops.sub(across, along), deviation);
      pass.add(node.input(0), ops.reshape(dx, pass.gradientShape(node.input(0))));
    }
  }

  /** Statistics are constants: y = γ (x − mean) / √(variance + ε) + β, channel by channel. */
  private static void batch(Node node, Backward pass) {
    Ops ops = pass.ops();
    Value x = pass.input(node, 0);
    if (node.integer("training_mode", 0) != 0 || pass.lead(node) > 0) {
      throw pass.unsupported(node, "training_mode");
    }
    Shape channels = ones(Shape.of(x.shape().size(1)), x.rank() - 2);
    Value mean = ops.reshape(pass.input(node, 3), channels);
    Value variance = ops.reshape(pass.input(node, 4), channels);
    Value epsilon = ops.writer().scalar(node.number("epsilon", 1e-5f));
    Value deviation = ops.unary("Sqrt", ops.add(variance, epsilon));
    Value delta = pass.delta(node);
    affine(node, pass, 1, channels, () -> ops.mul(delta, ops.div(ops.sub(x, mean), deviation)));
    affine(node, pass, 2, channels, () -> delta);
    if (pass.isActive(x.name())) {
      Value slope = ops.div(ops.reshape(pass.input(node, 1), channels), deviation);
      pass.add(x.name(), ops.mul(delta, slope));
    }
  }

  /** Scale and shift as operands of a broadcast product and sum in the given shape. */
  private static void affine(
      Node node, Backward pass, int index, Shape shape, Supplier<Value> gradient) {
    String name = node.input(index);
    if (name.isEmpty()) {
      return;
    }
    if (pass.isActive(name)) {
      throw pass.unsupported(node, "a scale or shift that differs from row to row");
    }
    if (pass.isWeight(name)) {
      Shape own = Shape.batch().concat(pass.graph().shape(name));
      pass.direct(
          name, () -> pass.ops().reshape(Rows.sum(pass.ops(), name, gradient.get(), shape), own));
    }
  }

  private static Shape ones(Shape shape, int count) {
    Shape longer = shape;
    for (int i = 0; i < count; i++) {
      longer = longer.concat(Shape.of(1));
    }
    return longer;
  }

  private static Value mean(Ops ops, Value x, double count, int[] axes) {
    return ops.mul(ops.reduceSum(x, true, axes), 1 / count);
  }
}
