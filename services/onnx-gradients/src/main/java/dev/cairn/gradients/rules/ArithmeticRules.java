package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Value;
import java.util.List;
import java.util.Map;

/** Functions of two or more operands, with broadcasting. */
final class ArithmeticRules {
  private ArithmeticRules() {}

  static final Map<String, Rule> RULES =
      Map.of(
          "Add", ArithmeticRules::add,
          "Sum", ArithmeticRules::add,
          "Sub", ArithmeticRules::sub,
          "Mul", ArithmeticRules::mul,
          "Div", ArithmeticRules::div,
          "Pow", ArithmeticRules::pow,
          "Max", ArithmeticRules::extreme,
          "Min", ArithmeticRules::extreme,
          "Where", ArithmeticRules::where,
          "PRelu", ArithmeticRules::prelu);

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

  /** d(aᵇ) = b aᵇ⁻¹ da + aᵇ ln(a) db. */
  private static void pow(Node node, Backward pass) {
    Ops ops = pass.ops();
    Value base = pass.input(node, 0);
    Value exponent = pass.input(node, 1);
    if (!pass.graph().isFloat(exponent.name())) {
      throw pass.unsupported(node, "an exponent that is no float32");
    }
    Value delta = pass.delta(node);
    pass.addBroadcast(
        node.input(0),
        () -> {
          Value lower = ops.sub(exponent, ops.writer().scalar(1));
          return ops.mul(delta, ops.mul(exponent, ops.binary("Pow", base, lower)));
        });
    pass.addBroadcast(
        node.input(1),
        () -> ops.mul(delta, ops.mul(pass.value(node.output()), ops.unary("Log", base))));
  }

  /** To the operand that is the extreme; where several are, in equal parts. */
  private static void extreme(Node node, Backward pass) {
    Ops ops = pass.ops();
    Value extreme = pass.value(node.output());
    List<Value> reached =
        node.inputs().stream().map(i -> Masks.equal(ops, pass.value(i), extreme)).toList();
    Value share = ops.div(pass.delta(node), ops.sum(reached));
    for (int i = 0; i < reached.size(); i++) {
      Value mask = reached.get(i);
      pass.addBroadcast(node.input(i), () -> ops.mul(share, mask));
    }
  }

  /** To the operand that was chosen. */
  private static void where(Node node, Backward pass) {
    Ops ops = pass.ops();
    Value delta = pass.delta(node);
    String condition = node.input(0);
    String none = ops.writer().scalar(0).name();
    pass.addBroadcast(node.input(1), () -> choice(ops, delta, condition, delta.name(), none));
    pass.addBroadcast(node.input(2), () -> choice(ops, delta, condition, none, delta.name()));
  }

  private static Value choice(Ops ops, Value like, String condition, String yes, String no) {
    return new Value(ops.writer().node("Where", List.of(condition, yes, no)), like.shape());
  }

  /** x above zero, slope x below, the slope one an element or broadcast. */
  private static void prelu(Node node, Backward pass) {
    Ops ops = pass.ops();
    Value x = pass.input(node, 0);
    Value delta = pass.delta(node);
    Value above = Masks.positive(ops, x);
    Value below = ActivationRules.oneMinus(ops, above);
    pass.addBroadcast(
        x.name(), () -> ops.mul(delta, ops.add(above, ops.mul(below, pass.input(node, 1)))));
    pass.addBroadcast(node.input(1), () -> ops.mul(delta, ops.mul(below, x)));
  }
}
