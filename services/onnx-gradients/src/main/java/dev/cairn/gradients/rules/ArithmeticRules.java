package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Value;
import java.util.Map;

/** Sums, products, quotients and powers of two operands, with broadcasting. */
final class ArithmeticRules {
  private ArithmeticRules() {}

  static final Map<String, Rule> RULES =
      Map.of(
          "Add", ArithmeticRules::add,
          "Sum", ArithmeticRules::add,
          "Sub", ArithmeticRules::sub,
          "Mul", ArithmeticRules::mul,
          "Div", ArithmeticRules::div,
          "Pow", ArithmeticRules::pow);

  /** d(a + b) = da + db. */
  private static void add(Node node, Backward pass) {
    Value delta = pass.delta(node);
    node.inputs().forEach(input -> pass.addBroadcast(input, () -> delta));
  }

  /** d(a − b) = da − db. */
  private static void sub(Node node, Backward pass) {
    Value delta = pass.delta(node);
    pass.addBroadcast(node.input(0), () -> delta);
    pass.addBroadcast(node.input(1), () -> pass.ops().unary("Neg", delta));
  }

  /** d(a b) = b da + a db. */
  private static void mul(Node node, Backward pass) {
    Value delta = pass.delta(node);
    pass.addBroadcast(node.input(0), () -> pass.ops().mul(delta, pass.input(node, 1)));
    pass.addBroadcast(node.input(1), () -> pass.ops().mul(delta, pass.input(node, 0)));
  }

  /** d(a / b) = da / b − (a / b) db / b. */
  private static void div(Node node, Backward pass) {
    Ops ops = pass.ops();
    Value b = pass.input(node, 1);
    Value quotient = ops.div(pass.delta(node), b);
    pass.addBroadcast(node.input(0), () -> quotient);
    pass.addBroadcast(
        node.input(1), () -> ops.unary("Neg", ops.mul(quotient, pass.value(node.output()))));
  }

  /** d(aᵇ) = b aᵇ⁻¹ da, for a constant exponent. */
  private static void pow(Node node, Backward pass) {
    if (pass.needs(node.input(1))) {
      throw pass.unsupported(node, "an exponent that depends on a parameter");
    }
    Ops ops = pass.ops();
    Value exponent = pass.input(node, 1);
    Value lower = ops.sub(exponent, ops.writer().scalar(1));
    Value delta = pass.delta(node);
    pass.addBroadcast(
        node.input(0),
        () -> ops.mul(delta, ops.mul(exponent, ops.binary("Pow", pass.input(node, 0), lower))));
  }
}
