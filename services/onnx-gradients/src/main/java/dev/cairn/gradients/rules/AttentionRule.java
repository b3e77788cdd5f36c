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
 * The Attention operator of opset 23: O = P V with P = softmax(cap(c Q Kᵀ + M)), head by head, and
 * cap(S) = κ tanh(S / κ) where a soft cap κ is given.
 *
 * <p>It keeps P to itself, so the forward pass is written anew. Backward, with r = Σ dO ⊙ O along
 * each row: dV = Pᵀ dO, dS = P ⊙ (dO Vᵀ − r) ⊙ cap′, dQ = c dS K, dK = c dSᵀ Q, dM = dS.
 *
 * <p>Where several heads of queries share one of keys, they are further positions of one head: the
 * products then sum over them by themselves.
 */
final class AttentionRule {
  /** Less than any score, and not infinite: a row of which everything is hidden stays a number. */
  private static final float HIDDEN = -1e30f;

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
    Value queries = heads(0, "q_num_heads");
    Value k = heads(1, "kv_num_heads");
    Value v = heads(2, "kv_num_heads");
    Value q = grouped(queries, k);
    double scale = node.number("scale", (float) (1 / StrictMath.sqrt(q.shape().size(3))));
    Value scores = ops.mul(ops.matMul(q, ops.transposeMatrix(k)), scale);
    Shape byHead = queries.shape().with(3, k.shape().dim(2));
    Value masked = masked(ops.reshape(scores, byHead));
    Value capped = capped(masked);
    Value weights =
        new Value(
            ops.writer().node("Softmax", List.of(capped.name()), attribute("axis", -1)), byHead);
    Value output = ops.matMul(ops.reshape(weights, scores.shape()), v);
    Value delta = pass.delta(node);
    Shape separate = queries.shape().with(3, v.shape().dim(3));
    Value made = joined(ops.reshape(output, separate), delta.shape());
    ops.writer().replace(node, begin, made.name());
    Value dOutput = grouped(apart(delta, separate), k);
    Value total = ops.reduceSum(ops.mul(dOutput, output), true, 3);
    Value dWeights = ops.sub(ops.matMul(dOutput, ops.transposeMatrix(v)), total);
    Value dCapped = ops.mul(weights, ops.reshape(dWeights, byHead));
    Value dMasked = uncapped(dCapped, capped);
    Value dScores = ops.mul(ops.reshape(dMasked, scores.shape()), scale);
    add(0, ops.reshape(ops.matMul(dScores, k), queries.shape()));
    add(1, ops.transposeMatrix(ops.matMul(ops.transposeMatrix(q), dScores)));
    add(2, ops.matMul(ops.transposeMatrix(ops.reshape(weights, scores.shape())), dOutput));
    if (node.hasInput(3)) {
      pass.addBroadcast(node.input(3), () -> dMasked);
    }
  }

  private void requireCommonForm() {
    boolean past = node.hasInput(4) || node.hasInput(5) || node.hasInput(6);
    boolean more = node.proto().getOutputList().stream().skip(1).anyMatch(o -> !o.isEmpty());
    if (past || more) {
      throw pass.unsupported(node, "past keys or further outputs");
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

  /** As many heads as there are of keys: those that share one lie one after another. */
  private Value grouped(Value x, Value keys) {
    long heads = keys.shape().size(1);
    long positions = x.shape().size(1) / heads * x.shape().size(2);
    return ops.reshape(x, x.shape().with(1, heads).with(2, positions));
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

  private Value masked(Value scores) {
    Value sum = node.hasInput(3) ? ops.add(scores, mask(scores)) : scores;
    // ONNX Runtime takes a single query for the last one, which nothing is hidden from.
    boolean causal = node.integer("is_causal", 0) == 1 && scores.shape().size(2) > 1;
    return causal ? ops.add(sum, future(scores.shape())) : sum;
  }

  /** Added to the scores; a mask of truth values takes away what is false. */
  private Value mask(Value scores) {
    String name = node.input(3);
    if (!pass.graph().shape(name).dim(-1).equals(scores.shape().dim(-1))) {
      throw pass.unsupported(node, "a mask for some of the keys only");
    }
    if (pass.graph().isFloat(name)) {
      return pass.value(name);
    }
    String number =
        ops.writer()
            .node("Cast", List.of(name), attribute("to", TensorProto.DataType.FLOAT.getNumber()));
    Value kept = new Value(number, pass.graph().shape(name));
    return ops.mul(ActivationRules.oneMinus(ops, kept), HIDDEN);
  }

  /** [queries, keys]: hides the keys behind a query. Made by nodes, since it may be large. */
  private Value future(Shape scores) {
    Shape shape = scores.slice(2, 4);
    String all =
        ops.writer()
            .node(
                "Expand",
                List.of(ops.writer().scalar(HIDDEN).name(), ops.writer().longs(shape.sizes())));
    String above =
        ops.writer().node("Trilu", List.of(all, ops.writer().number(1)), attribute("upper", 1));
    return new Value(above, shape);
  }

  private Value capped(Value scores) {
    double cap = node.number("softcap", 0);
    return cap == 0 ? scores : ops.mul(ops.unary("Tanh", ops.mul(scores, 1 / cap)), cap);
  }

  /** cap′ = 1 − (cap / κ)². */
  private Value uncapped(Value delta, Value capped) {
    double cap = node.number("softcap", 0);
    if (cap == 0) {
      return delta;
    }
    Value tanh = ops.mul(capped, 1 / cap);
    return ops.mul(delta, ActivationRules.oneMinus(ops, ops.mul(tanh, tanh)));
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
