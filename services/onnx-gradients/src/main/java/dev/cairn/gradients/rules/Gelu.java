package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Value;

/** The slopes of Gelu, x Φ(x), and of its approximation by tanh (Hendrycks and Gimpel, 2016). */
final class Gelu {
  private static final double CUBIC = 0.044715;

  private Gelu() {}

  static Value slope(Ops ops, Node node, Value x, Value y) {
    return node.text("approximate", "none").equals("tanh") ? tanh(ops, x) : exact(ops, x);
  }

  /** erf′(x) = 2/√π exp(−x²). */
  static Value erfSlope(Ops ops, Value x) {
    Value exponential = ops.unary("Exp", ops.unary("Neg", ops.mul(x, x)));
    return ops.mul(exponential, 2 / StrictMath.sqrt(StrictMath.PI));
  }

  /** Φ(x) + x φ(x). */
  private static Value exact(Ops ops, Value x) {
    Value erf = ops.unary("Erf", ops.mul(x, StrictMath.sqrt(0.5)));
    Value normal = ops.mul(ops.add(erf, ops.writer().scalar(1)), 0.5);
    Value bell = ops.unary("Exp", ops.mul(ops.mul(x, x), -0.5));
    return ops.add(normal, ops.mul(ops.mul(x, bell), 1 / StrictMath.sqrt(2 * StrictMath.PI)));
  }

  /** ½ (1 + t) + ½ x (1 − t²) k (1 + 3 c x²), t = tanh(k (x + c x³)), k = √(2/π). */
  private static Value tanh(Ops ops, Value x) {
    double k = StrictMath.sqrt(2 / StrictMath.PI);
    Value one = ops.writer().scalar(1);
    Value square = ops.mul(x, x);
    Value inner = ops.mul(ops.mul(x, ops.add(ops.mul(square, CUBIC), one)), k);
    Value t = ops.unary("Tanh", inner);
    Value steep = ops.mul(ops.add(ops.mul(square, 3 * CUBIC), one), k);
    Value rise = ops.mul(x, ops.mul(ops.sub(one, ops.mul(t, t)), steep));
    return ops.mul(ops.add(ops.add(t, one), rise), 0.5);
  }
}
