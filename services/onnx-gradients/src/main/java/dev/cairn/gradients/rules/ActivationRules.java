package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Value;
import java.util.Map;

/** Elementwise functions of one argument: dx = δ ⊙ f′(x), mostly from the output y = f(x). */
final class ActivationRules {
  private ActivationRules() {}

  static final Map<String, Rule> RULES =
      Map.ofEntries(
          Map.entry("Sigmoid", elementwise((ops, _, _, y) -> ops.mul(y, oneMinus(ops, y)))),
          Map.entry("Tanh", elementwise((ops, _, _, y) -> oneMinus(ops, ops.mul(y, y)))),
          Map.entry("Erf", elementwise((ops, _, x, _) -> Gelu.erfSlope(ops, x))),
          Map.entry("Gelu", elementwise(Gelu::slope)),
          Map.entry("Softplus", elementwise((ops, _, x, _) -> ops.unary("Sigmoid", x))),
          Map.entry("Mish", elementwise((ops, _, x, _) -> mish(ops, x))),
          // The step function of the input, made of what is already there: relu′ = sign(relu).
          Map.entry("Relu", elementwise((ops, _, _, y) -> ops.unary("Sign", y))),
          Map.entry("LeakyRelu", elementwise((ops, node, x, _) -> leaky(ops, node, x))),
          Map.entry("Elu", elementwise(ActivationRules::elu)),
          Map.entry("HardSigmoid", elementwise((ops, node, _, y) -> hardSigmoid(ops, node, y))),
          Map.entry("HardSwish", elementwise((ops, _, x, _) -> hardSwish(ops, x))),
          Map.entry("Clip", elementwise((ops, _, x, y) -> Masks.equal(ops, x, y))));

  /** f′ at an element, from input and output. */
  @FunctionalInterface
  interface Derivative {
    Value of(Ops ops, Node node, Value x, Value y);
  }

  static Rule elementwise(Derivative derivative) {
    return (node, pass) -> {
      Value x = pass.input(node, 0);
      Value slope = derivative.of(pass.ops(), node, x, pass.value(node.output()));
      pass.add(x.name(), pass.ops().mul(pass.delta(node), slope));
    };
  }

  static Value oneMinus(Ops ops, Value y) {
    return ops.sub(ops.writer().scalar(1), y);
  }

  /** x tanh(s), s = softplus(x): t + x (1 − t²) σ(x). */
  private static Value mish(Ops ops, Value x) {
    Value t = ops.unary("Tanh", ops.unary("Softplus", x));
    Value slope = ops.mul(oneMinus(ops, ops.mul(t, t)), ops.unary("Sigmoid", x));
    return ops.add(t, ops.mul(x, slope));
  }

  private static Value leaky(Ops ops, Node node, Value x) {
    float alpha = node.number("alpha", 0.01f);
    return ops.add(ops.mul(Masks.positive(ops, x), 1 - alpha), ops.writer().scalar(alpha));
  }

  /** 1 above zero, y + α below. */
  private static Value elu(Ops ops, Node node, Value x, Value y) {
    Value above = Masks.positive(ops, x);
    Value below = ops.add(y, ops.writer().scalar(node.number("alpha", 1)));
    return ops.add(above, ops.mul(oneMinus(ops, above), below));
  }

  /** α strictly between the two flat parts. */
  private static Value hardSigmoid(Ops ops, Node node, Value y) {
    Value inside = ops.mul(Masks.positive(ops, y), Masks.below(ops, y, 1));
    return ops.mul(inside, node.number("alpha", 0.2f));
  }

  /** x h(x), h(x) = max(0, min(1, x/6 + ½)). */
  private static Value hardSwish(Ops ops, Value x) {
    Value line = ops.add(ops.mul(x, 1.0 / 6), ops.writer().scalar(0.5));
    Value zero = ops.writer().scalar(0);
    Value hard = ops.binary("Max", ops.binary("Min", line, ops.writer().scalar(1)), zero);
    Value inside = ops.mul(Masks.positive(ops, line), Masks.below(ops, line, 1));
    return ops.add(hard, ops.mul(ops.mul(x, inside), 1.0 / 6));
  }
}
