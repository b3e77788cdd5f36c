package dev.cairn.gradients.rules;

import static dev.cairn.gradients.graph.GraphWriter.attribute;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import dev.cairn.gradients.onnx.TensorProto;
import java.util.List;
import java.util.Map;

/**
 * The Attention operator of opset 23: O = P V with P = softmax(c Q Kᵀ + M), head by head.
 *
 * <p>It keeps P to itself, so the forward pass is written anew. Backward, with r = Σ dO ⊙ O along
 * each row: dV = Pᵀ dO, dS = P ⊙ (dO Vᵀ − r), dQ = c dS K, dK = c dSᵀ Q, dM = dS.
 */
final class AttentionRule {
  private final Node node;
  private final Backward pass;
  private final Ops ops;

  private AttentionRule(Node node, Backward pass) {
    this.node = node;
    this.pass = pass;
    this.ops = pass.ops();
  }

  static final Map<String, Rule> RULES =
      Map.of("Attention", (node, pass) -> new AttentionRule(node, pass).backward());

  private void backward() {
    requireCommonForm();
    int begin = ops.writer().nodes().size();
    Value q = heads(0, "q_num_heads");
    Value k = heads(1, "kv_num_heads");
    Value v = heads(2, "kv_num_heads");
    if (q.shape().size(1) != k.shape().size(1)) {
      throw pass.unsupported(node, "more heads of queries than of keys");
    }
    double scale = node.number("scale", (float) (1 / StrictMath.sqrt(q.shape().size(3))));
    Value scores = ops.mul(ops.matMul(q, ops.transposeMatrix(k)), scale);
    Value masked = node.hasInput(3) ? ops.add(scores, mask()) : scores;
    Value weights =
        new Value(
            ops.writer().node("Softmax", List.of(masked.name()), attribute("axis", -1)),
            masked.shape());
    Value output = ops.matMul(weights, v);
    Value delta = pass.delta(node);
    ops.writer().replace(node, begin, joined(output, delta.shape()).name());
    Value dOutput = apart(delta, output.shape());
    Value total = ops.reduceSum(ops.mul(dOutput, output), true, 3);
    Value dScores = ops.mul(weights, ops.sub(ops.matMul(dOutput, ops.transposeMatrix(v)), total));
    Value scaled = ops.mul(dScores, scale);
    add(0, ops.matMul(scaled, k));
    add(1, ops.transposeMatrix(ops.matMul(ops.transposeMatrix(q), scaled)));
    add(2, ops.matMul(ops.transposeMatrix(weights), dOutput));
    if (node.hasInput(3)) {
      pass.addBroadcast(node.input(3), () -> dScores);
    }
  }

  private void requireCommonForm() {
    boolean past = node.hasInput(4) || node.hasInput(5) || node.hasInput(6);
    boolean more = node.proto().getOutputList().stream().skip(1).anyMatch(o -> !o.isEmpty());
    if (past || more || node.integer("is_causal", 0) == 1 || node.number("softcap", 0) != 0) {
      throw pass.unsupported(node, "is_causal, softcap, past keys or further outputs");
    }
    if (!pass.isActive(node.output())) {
      throw pass.unsupported(node, "weights alone");
    }
  }

  /** [batch, heads, positions, width], from that or from [batch, positions, heads × width]. */
  private Value heads(int index, String count) {
    Value x = pass.input(node, index);
    if (x.rank() == 4) {
      return x;
    }
    long heads = node.integer(count, 1);
    return apart(x, Shape.batch(heads, x.shape().size(1), x.shape().size(2) / heads));
  }

  private Value apart(Value x, Shape heads) {
    if (x.rank() == 4) {
      return x;
    }
    Shape split = Shape.batch(heads.size(2), heads.size(1), heads.size(3));
    return ops.transpose(ops.reshape(x, split), 0, 2, 1, 3);
  }

  private Value joined(Value heads, Shape shape) {
    return shape.rank() == 4 ? heads : ops.reshape(ops.transpose(heads, 0, 2, 1, 3), shape);
  }

  /** Added to the scores; a mask of truth values takes away what is false. */
  private Value mask() {
    String name = node.input(3);
    if (pass.graph().isFloat(name)) {
      return pass.value(name);
    }
    String number =
        ops.writer()
            .node("Cast", List.of(name), attribute("to", TensorProto.DataType.FLOAT.getNumber()));
    Value kept = new Value(number, pass.graph().shape(name));
    return ops.mul(ActivationRules.oneMinus(ops, kept), -1e30);
  }

  private void add(int index, Value gradient) {
    String input = node.input(index);
    if (pass.isWeight(input)) {
      throw pass.unsupported(node, "queries, keys or values that are weights");
    }
    if (pass.isActive(input)) {
      pass.add(input, joined(gradient, pass.graph().shape(input)));
    }
  }
}
