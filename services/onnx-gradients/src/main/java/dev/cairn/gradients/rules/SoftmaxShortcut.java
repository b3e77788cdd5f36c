package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;

/**
 * Softmax over the last axis, P = softmax(S), read by one matrix product O = P V only: attention.
 *
 * <p>dS = P ⊙ (dP − r) with r = Σ dP ⊙ P along each row. As dP = dO Vᵀ, also r = Σ dO ⊙ O, which
 * takes a head's width where dP ⊙ P takes a pass over all pairs of positions (Dao et al.,
 * FlashAttention, 2022, appendix B.2).
 */
final class SoftmaxShortcut {
  private SoftmaxShortcut() {}

  static boolean backward(Node node, Backward pass) {
    if (!node.operator().equals("Softmax")) {
      return false;
    }
    Value weights = pass.value(node.output());
    Node product = onlyConsumer(node, pass);
    if (product == null
        || Axes.of(node, weights.rank(), -1) != weights.rank() - 1
        || !product.operator().equals("MatMul")
        || !product.input(0).equals(node.output())
        || product.input(1).equals(node.output())
        || !sameRows(weights.shape(), pass.value(product.output()).shape())) {
      return false;
    }
    Ops ops = pass.ops();
    Value output = pass.value(product.output());
    Value total = ops.reduceSum(ops.mul(pass.delta(product), output), true, output.rank() - 1);
    Value delta = pass.delta(node);
    pass.add(node.input(0), ops.mul(weights, ops.sub(delta, total)));
    return true;
  }

  /** The one node that reads a node's output, if the output is not the prediction as well. */
  private static Node onlyConsumer(Node node, Backward pass) {
    var consumers = pass.graph().consumers(node.output());
    boolean alone =
        consumers.size() == 1 && !pass.graph().prediction().name().equals(node.output());
    return alone ? consumers.getFirst() : null;
  }

  /** Whether V has not been spread over more stacks of matrices than P has, or the reverse. */
  private static boolean sameRows(Shape weights, Shape output) {
    return weights.rank() == output.rank()
        && weights.slice(0, weights.rank() - 1).equals(output.slice(0, output.rank() - 1));
  }
}
