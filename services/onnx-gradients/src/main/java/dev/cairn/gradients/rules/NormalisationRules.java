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
 * <p>With g = γ δ: dx = (g − mean(g) − x̂ ⊙ mean(g ⊙ x̂)) / σ; dγ = Σ δ ⊙ x̂; dβ = Σ δ.
 */
final class NormalisationRules {
  private NormalisationRules() {}

  static final Map<String, Rule> RULES =
      Map.of(
          "InstanceNormalization", NormalisationRules::instance,
          "LayerNormalization", NormalisationRules::layer);

  private static void instance(Node node, Backward pass) {
    Value x = pass.input(node, 0);
    int[] axes = IntStream.range(2, x.rank()).toArray();
    Shape perChannel = Shape.of(x.shape().size(1));
    for (int i = 2; i < x.rank(); i++) {
      perChannel = perChannel.concat(Shape.of(1));
    }
    backward(node, pass, axes, perChannel);
  }

  private static void layer(Node node, Backward pass) {
    Value x = pass.input(node, 0);
    int first = Axes.of(node, x.rank(), -1);
    backward(
        node, pass, IntStream.range(first, x.rank()).toArray(), x.shape().slice(first, x.rank()));
  }

  private static void backward(Node node, Backward pass, int[] axes, Shape affine) {
    Ops ops = pass.ops();
    Value x = pass.input(node, 0);
    Value delta = pass.delta(node);
    double count = 1;
    for (int axis : axes) {
      count *= x.shape().size(axis);
    }
    Value centred = ops.sub(x, mean(ops, x, count, axes));
    Value variance = mean(ops, ops.mul(centred, centred), count, axes);
    Value epsilon = ops.writer().scalar(node.number("epsilon", 1e-5f));
    Value deviation = ops.unary("Sqrt", ops.add(variance, epsilon));
    Value unit = ops.div(centred, deviation);
    affine(node, pass, 1, affine, () -> ops.mul(delta, unit));
    affine(node, pass, 2, affine, () -> delta);
    if (pass.isActive(x.name())) {
      Value scale = ops.reshape(pass.input(node, 1), affine);
      Value g = ops.mul(delta, scale);
      Value along = ops.mul(unit, mean(ops, ops.mul(g, unit), count, axes));
      Value across = ops.sub(ops.sub(g, mean(ops, g, count, axes)), along);
      pass.add(x.name(), ops.div(across, deviation));
    }
  }

  /** Scale and shift as operands of a broadcast product and sum in the given shape. */
  private static void affine(
      Node node, Backward pass, int index, Shape shape, Supplier<Value> gradient) {
    String name = node.input(index);
    if (pass.isActive(name)) {
      throw pass.unsupported(node, "a scale or shift that is computed");
    }
    if (node.hasInput(index) && pass.parameters().isParameter(name)) {
      Shape own = Shape.batch().concat(pass.graph().shape(name));
      pass.parameters()
          .direct(
              name,
              () -> pass.ops().reshape(Rows.sum(pass.ops(), name, gradient.get(), shape), own));
    }
  }

  private static Value mean(Ops ops, Value x, double count, int[] axes) {
    return ops.mul(ops.reduceSum(x, true, axes), 1 / count);
  }
}
