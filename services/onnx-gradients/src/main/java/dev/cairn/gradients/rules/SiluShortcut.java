package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Value;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * SiLU, z = x σ with σ = sigmoid(x): dx = δ f′ with f′ = σ (1 + x − z).
 *
 * <p>Behind a group normalisation of large images both go back together: f′ times the
 * normalisation's γ / σ costs no more to make than f′, and saves the pass over δ that multiplies by
 * it.
 *
 * <p>f′ is made in the forward pass, while x, σ and z are in the cache; backward it is one pass
 * over memory, and of the three only z has to be kept. The runtime would put f′ off until δ is
 * there, so z is handed on by a Reshape that copies nothing and takes its shape from f′.
 */
final class SiluShortcut {
  private SiluShortcut() {}

  static boolean backward(Node node, Backward pass) {
    if (!node.operator().equals("Mul")) {
      return false;
    }
    return isSilu(node, 0, pass) || isSilu(node, 1, pass);
  }

  private static boolean isSilu(Node node, int argument, Backward pass) {
    String x = node.input(argument);
    String sigmoid = node.input(1 - argument);
    Node producer = pass.graph().producer(sigmoid);
    if (producer == null
        || !producer.operator().equals("Sigmoid")
        || !producer.input(0).equals(x)
        || !pass.isActive(x)) {
      return false;
    }
    Value delta = pass.delta(node);
    GroupNormShortcut norm = normalisation(node, producer, pass);
    UnaryOperator<Value> shifted =
        norm == null ? q -> pass.ops().add(q, pass.ops().writer().scalar(1)) : norm::scaled;
    if (norm != null) {
      norm.forward();
    }
    Value slope = slope(node, pass.value(x), pass.value(sigmoid), shifted, pass);
    Value before = pass.ops().mul(delta, slope);
    if (norm == null) {
      pass.add(x, before);
    } else {
      norm.backwardOfScaled(before);
    }
    return true;
  }

  /** The normalisation that x comes from, if x goes nowhere else and no γ is near zero. */
  private static GroupNormShortcut normalisation(Node node, Node sigmoid, Backward pass) {
    String x = sigmoid.input(0);
    Node end = pass.graph().producer(x);
    if (end == null
        || !pass.parametersAreFixed()
        || pass.hasContribution(x)
        || !Set.of(node, sigmoid).equals(Set.copyOf(pass.graph().consumers(x)))) {
      return null;
    }
    GroupNorm norm = GroupNorm.match(end, pass);
    if (norm == null || !norm.scalesDifferFromZero(pass.graph())) {
      return null;
    }
    GroupNormShortcut shortcut = new GroupNormShortcut(pass, norm);
    return shortcut.isLarge() ? shortcut : null;
  }

  /**
   * f′, written with z into the forward pass.
   *
   * @param shifted x − z + 1 from x − z, perhaps times something
   */
  private static Value slope(
      Node node, Value x, Value sigmoid, UnaryOperator<Value> shifted, Backward pass) {
    Ops ops = pass.ops();
    int begin = ops.writer().nodes().size();
    Value z = ops.mul(x, sigmoid);
    Value slope = ops.mul(shifted.apply(ops.sub(x, z)), sigmoid);
    String shape = ops.writer().node("Shape", List.of(slope.name()));
    String after = ops.writer().node("Reshape", List.of(z.name(), shape));
    ops.writer().replace(node, begin, after);
    return slope;
  }
}
