package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Value;
import java.util.List;

/**
 * SiLU, z = x σ with σ = sigmoid(x): dx = δ f′ with f′ = σ (1 + x − z).
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
    pass.add(x, pass.ops().mul(delta, slope(node, pass.value(x), pass.value(sigmoid), pass)));
    return true;
  }

  /** f′, written with z into the forward pass. */
  private static Value slope(Node node, Value x, Value sigmoid, Backward pass) {
    Ops ops = pass.ops();
    int begin = ops.writer().nodes().size();
    Value z = ops.mul(x, sigmoid);
    Value slope = ops.mul(ops.add(ops.sub(x, z), ops.writer().scalar(1)), sigmoid);
    String shape = ops.writer().node("Shape", List.of(slope.name()));
    String after = ops.writer().node("Reshape", List.of(z.name(), shape));
    ops.writer().replace(node, begin, after);
    return slope;
  }
}
