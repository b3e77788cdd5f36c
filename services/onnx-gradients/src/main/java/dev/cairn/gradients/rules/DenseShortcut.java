package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.ForwardGraph;
import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.List;

/**
 * A dense layer over positions, y = x W + b with x [batch, positions, in], as one matrix product
 * over the positions of all rows that adds b on its way.
 *
 * <p>Only the forward pass changes; the gradients are those of the sum and the product. The
 * runtime's sum of a vector and a stack of matrices costs almost as much as the product itself.
 */
final class DenseShortcut {
  private DenseShortcut() {}

  static boolean backward(Node node, Backward pass) {
    if (!node.operator().equals("Add")) {
      return false;
    }
    return isDense(node, 0, pass) || isDense(node, 1, pass);
  }

  private static boolean isDense(Node add, int side, Backward pass) {
    ForwardGraph graph = pass.graph();
    Node product = graph.producer(add.input(side));
    String bias = add.input(1 - side);
    if (product == null
        || !product.operator().equals("MatMul")
        || graph.consumers(product.output()).size() != 1
        || !graph.isConstant(product.input(1))
        || graph.shape(product.input(1)).rank() != 2
        || !graph.isConstant(bias)
        || graph.shape(bias).rank() != 1) {
      return false;
    }
    Value x = pass.input(product, 0);
    Value weight = pass.input(product, 1);
    Shape.Dim outputs = weight.shape().dim(1);
    if (x.rank() < 3 || !x.shape().isBatched() || !graph.shape(bias).dim(0).equals(outputs)) {
      return false;
    }
    ArithmeticRules.RULES.get("Add").backward(add, pass);
    Ops ops = pass.ops();
    int begin = ops.writer().nodes().size();
    long positions = x.shape().elements() / weight.shape().size(0);
    Shape all = new Shape(List.of(new Shape.Dim(positions, true)));
    Value rows = ops.reshape(x, all.concat(weight.shape().slice(0, 1)));
    String made = ops.writer().node("Gemm", List.of(rows.name(), weight.name(), bias));
    Value y =
        ops.reshape(
            new Value(made, all.concat(new Shape(List.of(outputs)))),
            pass.value(add.output()).shape());
    ops.writer().replace(add, begin, y.name());
    return true;
  }
}
