package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Value;
import java.util.List;

/**
 * How gradients pass through what is computed from weights alone: a transposed weight, a scaled
 * one, a weight plus its adapter, W + s B A.
 *
 * <p>The gradient with respect to such a value differs from row to row while the value does not, so
 * it has the row in front. Where the value is used in a linear map, that use is handed on to what
 * the value is made of, as a use of its own: no row's gradient is made. Where that is not possible,
 * the gradient is made and passed back by the operator's rule.
 */
final class WeightPaths {
  private final Node node;
  private final Backward pass;
  private final Ops ops;

  private WeightPaths(Node node, Backward pass) {
    this.node = node;
    this.pass = pass;
    this.ops = pass.ops();
  }

  /** Hands on what can be; returns whether anything is left for the operator's rule. */
  static boolean handOn(Node node, Backward pass) {
    WeightPaths paths = new WeightPaths(node, pass);
    boolean left = false;
    for (String output : node.proto().getOutputList()) {
      for (LinearGradient use : List.copyOf(pass.linear(output))) {
        if (!paths.handOn(use)) {
          Value gradient = ops(pass).reshape(use.gradient(pass.ops()), pass.gradientShape(output));
          pass.add(output, gradient);
        }
      }
      left |= pass.hasContribution(output);
    }
    return left;
  }

  private static Ops ops(Backward pass) {
    return pass.ops();
  }

  private boolean handOn(LinearGradient use) {
    if (use instanceof DenseGradient dense) {
      return handOnDense(dense);
    }
    if (node.operator().equals("Cast")) {
      // The same elements in the same shape, which is all that a use asks of its weight.
      pass.linear(node.input(0), use);
      return true;
    }
    return false;
  }

  private boolean handOnDense(DenseGradient use) {
    return switch (node.operator()) {
      case "Identity", "Cast" -> to(0, use);
      case "Transpose" ->
          to(0, new DenseGradient(input(0), use.input(), use.delta(), !use.transposed()));
      case "Mul" -> isFactor(1) ? to(0, scaled(use, 1)) : isFactor(0) && to(1, scaled(use, 0));
      case "Add", "Sum" -> sum(use);
      case "MatMul" -> product(use);
      default -> false;
    };
  }

  private Value input(int index) {
    return pass.input(node, index);
  }

  private boolean to(int index, DenseGradient use) {
    Value weight = input(index);
    pass.linear(
        weight.name(), new DenseGradient(weight, use.input(), use.delta(), use.transposed()));
    return true;
  }

  /** A single number that no gradient is wanted for. */
  private boolean isFactor(int index) {
    return input(index).shape().elements() == 1
        && !pass.needs(node.input(index))
        && input(1 - index).rank() == 2;
  }

  private DenseGradient scaled(DenseGradient use, int factor) {
    return new DenseGradient(
        use.weight(),
        use.input(),
        ops.mul(use.delta(), ops.reshape(input(factor), dev.cairn.gradients.graph.Shape.of())),
        use.transposed());
  }

  private boolean sum(DenseGradient use) {
    for (String term : node.inputs()) {
      if (pass.needs(term) && !pass.graph().shape(term).equals(use.weight().shape())) {
        return false;
      }
    }
    for (int i = 0; i < node.inputs().size(); i++) {
      if (pass.needs(node.input(i))) {
        to(i, use);
      }
    }
    return true;
  }

  /** y = B A a, with either factor's use as a layer of its own. */
  private boolean product(DenseGradient use) {
    Value first = input(0);
    Value second = input(1);
    if (first.rank() != 2 || second.rank() != 2) {
      return false;
    }
    boolean turned = use.transposed();
    if (pass.needs(first.name())) {
      pass.linear(
          first.name(),
          turned
              ? new DenseGradient(first, use.input(), times(use.delta(), second, true), true)
              : new DenseGradient(first, times(use.input(), second, true), use.delta(), false));
    }
    if (pass.needs(second.name())) {
      pass.linear(
          second.name(),
          turned
              ? new DenseGradient(second, times(use.input(), first, false), use.delta(), true)
              : new DenseGradient(second, use.input(), times(use.delta(), first, false), false));
    }
    return true;
  }

  private Value times(Value positions, Value matrix, boolean transposed) {
    return ops.matMul(positions, transposed ? ops.transposeMatrix(matrix) : matrix);
  }
}
