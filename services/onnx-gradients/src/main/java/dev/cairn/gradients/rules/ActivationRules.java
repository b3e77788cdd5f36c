package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Value;
import java.util.Map;

/** Elementwise functions of one argument: dx = δ ⊙ f′(x), mostly from the output y = f(x). */
final class ActivationRules {
  private ActivationRules() {}

  /** f′ at an element, from input and output. */
  private interface Derivative {
    Value of(Ops ops, Value x, Value y);
  }

  static final Map<String, Rule> RULES =
      Map.ofEntries(
          Map.entry("Sigmoid", elementwise((ops, _, y) -> ops.mul(y, oneMinus(ops, y)))),
          Map.entry("Tanh", elementwise((ops, _, y) -> oneMinus(ops, ops.mul(y, y)))),
          Map.entry("Exp", elementwise((_, _, y) -> y)),
          Map.entry("Sqrt", elementwise((ops, _, y) -> ops.div(ops.writer().scalar(0.5), y))),
          Map.entry("Erf", elementwise((ops, x, _) -> gaussian(ops, x))),
          Map.entry("Relu", ActivationRules::relu),
          Map.entry("Neg", ActivationRules::neg),
          Map.entry("Identity", ActivationRules::identity),
          Map.entry("Cast", ActivationRules::cast));

  private static Rule elementwise(Derivative derivative) {
    return (node, pass) -> {
      Value x = pass.input(node, 0);
      Value slope = derivative.of(pass.ops(), x, pass.value(node.output()));
      pass.add(x.name(), pass.ops().mul(pass.delta(node), slope));
    };
  }

  private static Value oneMinus(Ops ops, Value y) {
    return ops.sub(ops.writer().scalar(1), y);
  }

  /** erf′(x) = 2/√π exp(−x²). */
  private static Value gaussian(Ops ops, Value x) {
    Value exponential = ops.unary("Exp", ops.unary("Neg", ops.mul(x, x)));
    return ops.mul(exponential, 2 / StrictMath.sqrt(StrictMath.PI));
  }

  /** The step function of the input, made of what is already there: relu′ = sign(relu). */
  private static void relu(Node node, Backward pass) {
    Value step = pass.ops().unary("Sign", pass.value(node.output()));
    pass.add(node.input(0), pass.ops().mul(pass.delta(node), step));
  }

  private static void neg(Node node, Backward pass) {
    pass.add(node.input(0), pass.ops().unary("Neg", pass.delta(node)));
  }

  private static void identity(Node node, Backward pass) {
    pass.add(node.input(0), pass.delta(node));
  }

  /** From float to float it is the identity; other types end the path before it comes here. */
  private static void cast(Node node, Backward pass) {
    if (!pass.graph().isFloat(node.input(0)) || !pass.graph().isFloat(node.output())) {
      throw pass.unsupported(node, "a type other than float32");
    }
    identity(node, pass);
  }
}
