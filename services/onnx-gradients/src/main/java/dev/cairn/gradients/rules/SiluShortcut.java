package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Value;

/**
 * SiLU, z = x σ with σ = sigmoid(x): dx = δ (σ + z (1 − σ)).
 *
 * <p>Written as u + z (δ − u) with u = δ σ it takes four passes over memory; the rules of the
 * product and the sigmoid take eight.
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
    Ops ops = pass.ops();
    Value delta = pass.delta(node);
    Value u = ops.mul(delta, pass.value(sigmoid));
    pass.add(x, ops.add(u, ops.mul(pass.value(node.output()), ops.sub(delta, u))));
    return true;
  }
}
