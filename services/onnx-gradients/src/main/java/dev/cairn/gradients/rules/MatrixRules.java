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
      Map.of("MatMul", MatrixRules::matMul, "Gemm", MatrixRules::gemm, "Einsum", Einsum::backward);

  private static void matMul(Node node, Backward pass) {
    Ops ops = pass.ops();
    Value a = pass.input(node, 0);
    Value b = pass.input(node, 1);
    Value delta = pass.delta(node);
    if (a.rank() < 2 || b.rank() < 2) {
      vectors(node, pass, delta);
      return;
    }
    if (pass.lead(node) > 0) {
      pass.addBroadcast(a.name(), () -> ops.matMul(delta, ops.transposeMatrix(b)));
      pass.addBroadcast(b.name(), () -> ops.matMul(ops.transposeMatrix(a), delta));
      return;
    }
    if (pass.isActive(a.name())) {
      pass.add(a.name(), ops.unbroadcast(productWithTransposed(ops, delta, b), a.shape()));
    }
    if (pass.isActive(b.name())) {
      pass.add(b.name(), ops.unbroadcast(transposedProduct(ops, a, delta), b.shape()));
    }
    if (pass.isWeight(b.name()) && b.rank() > 2) {
      pass.addBroadcast(b.name(), () -> ops.matMul(ops.transposeMatrix(a), delta));
    } else if (pass.isWeight(b.name())) {
      pass.linear(b.name(), DenseGradient.of(ops, b, a, delta, true));
    }
    if (pass.isWeight(a.name()) && a.rank() > 2) {
      pass.addBroadcast(a.name(), () -> ops.matMul(delta, ops.transposeMatrix(b)));
    } else if (pass.isWeight(a.name())) {
      Value input = ops.transposeMatrix(b);
      pass.linear(a.name(), DenseGradient.of(ops, a, input, ops.transposeMatrix(delta), false));
    }
  }

  /** One operand has a single axis: an outer product where the result lost its axis. */
  private static void vectors(Node node, Backward pass, Value delta) {
    Ops ops = pass.ops();
    Value a = pass.input(node, 0);
    Value b = pass.input(node, 1);
    Shape one = Shape.of(1);
    if (b.rank() == 1) {
      Value column = ops.reshape(delta, delta.shape().concat(one));
      pass.addBroadcast(a.name(), () -> ops.mul(column, b));
      pass.addBroadcast(b.name(), () -> ops.mul(column, a));
    } else {
      Shape rows = delta.shape().slice(0, delta.rank() - 1).concat(one);
      Value row =
          ops.reshape(delta, rows.concat(delta.shape().slice(delta.rank() - 1, delta.rank())));
      Value column = ops.reshape(a, a.shape().concat(one));
      pass.addBroadcast(b.name(), () -> ops.mul(column, row));
      pass.addBroadcast(
          a.name(),
          () -> {
            Value products = ops.mul(row, b);
            return ops.reduceSum(products, false, products.rank() - 1);
          });
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

  /** Y = α A′ B′ + β C, with A′ and B′ transposed or not. */
  private static void gemm(Node node, Backward pass) {
    Ops ops = pass.ops();
    boolean transA = node.integer("transA", 0) == 1;
    boolean transB = node.integer("transB", 0) == 1;
    float alpha = node.number("alpha", 1);
    Value a = pass.input(node, 0);
    Value b = pass.input(node, 1);
    Value delta = pass.delta(node);
    if (pass.lead(node) > 0) {
      throw pass.unsupported(node, "weights alone");
    }
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
    if (pass.isWeight(a.name())) {
      throw pass.unsupported(node, "a parameter as left operand");
    }
    if (pass.isWeight(b.name())) {
      Value rows = transA ? ops.transposeMatrix(a) : a;
      pass.linear(b.name(), DenseGradient.of(ops, b, rows, ops.mul(delta, alpha), !transB));
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
