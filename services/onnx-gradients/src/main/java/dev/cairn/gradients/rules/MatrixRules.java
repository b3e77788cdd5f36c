package dev.cairn.gradients.rules;

import static dev.cairn.gradients.graph.GraphWriter.attribute;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.List;
import java.util.Map;

/** Matrix products: Y = A B, dA = δ Bᵀ, dB = Aᵀ δ. */
final class MatrixRules {
  private MatrixRules() {}

  static final Map<String, Rule> RULES =
      Map.of("MatMul", MatrixRules::matMul, "Gemm", MatrixRules::gemm);

  private static void matMul(Node node, Backward pass) {
    Ops ops = pass.ops();
    Value a = pass.input(node, 0);
    Value b = pass.input(node, 1);
    if (a.rank() < 2 || b.rank() < 2) {
      throw pass.unsupported(node, "a vector operand");
    }
    Value delta = pass.delta(node);
    if (pass.isActive(a.name())) {
      pass.add(a.name(), ops.unbroadcast(productWithTransposed(ops, delta, b), a.shape()));
    }
    if (pass.isActive(b.name())) {
      pass.add(b.name(), ops.unbroadcast(transposedProduct(ops, a, delta), b.shape()));
    }
    if (pass.parameters().isParameter(b.name())) {
      requireMatrix(node, b.shape(), pass);
      pass.parameters().linear(b.name(), DenseGradient.of(ops, b, a, delta, true));
    }
    if (pass.parameters().isParameter(a.name())) {
      requireMatrix(node, a.shape(), pass);
      Value input = ops.transposeMatrix(b);
      pass.parameters()
          .linear(a.name(), DenseGradient.of(ops, a, input, ops.transposeMatrix(delta), false));
    }
  }

  /** δ Bᵀ; where B is one matrix for all rows, as one product over the positions of all rows. */
  private static Value productWithTransposed(Ops ops, Value delta, Value b) {
    Value transposed = ops.transposeMatrix(b);
    if (b.rank() > 2 || delta.rank() < 3 || !delta.shape().isBatched()) {
      return ops.matMul(delta, transposed);
    }
    long positions = delta.shape().elements() / delta.shape().size(-1);
    Shape all = new Shape(List.of(new Shape.Dim(positions, true)));
    Value rows = ops.reshape(delta, all.concat(Shape.of(delta.shape().size(-1))));
    return ops.reshape(
        ops.matMul(rows, transposed), delta.shape().with(-1, transposed.shape().dim(1)));
  }

  /**
   * Aᵀ δ, by way of δᵀ A where that moves fewer elements about: in attention A is the square matrix
   * of weights, and the two small transposes merge with those that split heads.
   */
  private static Value transposedProduct(Ops ops, Value a, Value delta) {
    Shape small = delta.shape();
    boolean square = a.rank() > 2 && !a.shape().dim(-1).batch() && !a.shape().dim(-2).batch();
    if (!square || small.dim(-1).batch()) {
      return ops.matMul(ops.transposeMatrix(a), delta);
    }
    long rows = a.shape().size(-2);
    long moved = small.size(-1) * (rows + a.shape().size(-1));
    return moved < rows * a.shape().size(-1)
        ? ops.transposeMatrix(ops.matMul(ops.transposeMatrix(delta), a))
        : ops.matMul(ops.transposeMatrix(a), delta);
  }

  private static void requireMatrix(Node node, Shape weight, Backward pass) {
    if (weight.rank() != 2) {
      throw pass.unsupported(node, "a weight of shape " + weight);
    }
  }

  /** Y = α A′ B′ + β C, with A′ and B′ transposed or not. */
  private static void gemm(Node node, Backward pass) {
    Ops ops = pass.ops();
    boolean transA = node.integer("transA", 0) == 1;
    boolean transB = node.integer("transB", 0) == 1;
    float alpha = node.number("alpha", 1);
    Value a = pass.input(node, 0);
    Value b = pass.input(node, 1);
    Value delta = pass.delta(node);
    if (pass.isActive(a.name())) {
      Value gradient =
          transA
              ? product(ops, b, transB, delta, true, alpha, a.shape())
              : product(ops, delta, false, b, !transB, alpha, a.shape());
      pass.add(a.name(), gradient);
    }
    if (pass.isActive(b.name())) {
      Value gradient =
          transB
              ? product(ops, delta, true, a, transA, alpha, b.shape())
              : product(ops, a, !transA, delta, false, alpha, b.shape());
      pass.add(b.name(), gradient);
    }
    if (pass.parameters().isParameter(a.name())) {
      throw pass.unsupported(node, "a parameter as left operand");
    }
    if (pass.parameters().isParameter(b.name())) {
      Value rows = transA ? ops.transposeMatrix(a) : a;
      pass.parameters()
          .linear(b.name(), DenseGradient.of(ops, b, rows, ops.mul(delta, alpha), !transB));
    }
    if (node.hasInput(2)) {
      pass.addBroadcast(node.input(2), () -> ops.mul(delta, node.number("beta", 1)));
    }
  }

  private static Value product(
      Ops ops, Value a, boolean transA, Value b, boolean transB, float alpha, Shape shape) {
    String name =
        ops.writer()
            .node(
                "Gemm",
                List.of(a.name(), b.name()),
                attribute("transA", transA ? 1 : 0),
                attribute("transB", transB ? 1 : 0),
                attribute("alpha", alpha));
    return new Value(name, shape);
  }
}
