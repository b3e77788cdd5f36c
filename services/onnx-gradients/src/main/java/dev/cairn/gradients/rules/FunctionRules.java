package dev.cairn.gradients.rules;

import static dev.cairn.gradients.rules.ActivationRules.elementwise;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.onnx.TensorProto;
import java.util.Map;

/** Functions of one number: dx = δ ⊙ f′(x). */
final class FunctionRules {
  private FunctionRules() {}

  static final Map<String, Rule> RULES =
      Map.ofEntries(
          Map.entry("Exp", elementwise((_, _, _, y) -> y)),
          Map.entry("Log", elementwise((ops, _, x, _) -> ops.unary("Reciprocal", x))),
          Map.entry("Sqrt", elementwise((ops, _, _, y) -> ops.div(ops.writer().scalar(0.5), y))),
          Map.entry("Reciprocal", elementwise((ops, _, _, y) -> ops.unary("Neg", ops.mul(y, y)))),
          Map.entry("Abs", elementwise((ops, _, x, _) -> ops.unary("Sign", x))),
          Map.entry("Sin", elementwise((ops, _, x, _) -> ops.unary("Cos", x))),
          Map.entry("Cos", elementwise((ops, _, x, _) -> ops.unary("Neg", ops.unary("Sin", x)))),
          Map.entry("Neg", FunctionRules::neg),
          Map.entry("Identity", FunctionRules::identity),
          Map.entry("Dropout", FunctionRules::dropout),
          Map.entry("Cast", FunctionRules::cast));

  private static void neg(Node node, Backward pass) {
    pass.add(node.input(0), pass.ops().unary("Neg", pass.delta(node)));
  }

  private static void identity(Node node, Backward pass) {
    pass.add(node.input(0), pass.delta(node));
  }

  /** Inference: the identity. */
  private static void dropout(Node node, Backward pass) {
    if (node.hasInput(2) && !isFalse(node, pass)) {
      throw pass.unsupported(node, "training_mode that is not constantly false");
    }
    identity(node, pass);
  }

  private static boolean isFalse(Node node, Backward pass) {
    var mode = pass.graph().constant(node.input(2));
    return mode != null && mode.getRawData().isEmpty()
        ? mode.getInt32DataList().stream().allMatch(v -> v == 0)
        : mode != null && mode.getRawData().byteAt(0) == 0;
  }

  /**
   * From float to float it is the identity, and so it is from a weight of half precision, whose
   * gradient is of single precision; other types end the path before it comes here.
   */
  private static void cast(Node node, Backward pass) {
    TensorProto weight = pass.graph().constant(node.input(0));
    boolean half = weight != null && Tensors.isHalf(weight);
    boolean from = half || pass.graph().isFloat(node.input(0));
    if (!from || !pass.graph().isFloat(node.output())) {
      throw pass.unsupported(node, "a type other than float32");
    }
    identity(node, pass);
  }
}
