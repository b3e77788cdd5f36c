package dev.cairn.gradients.features;

import dev.cairn.gradients.GradientGraph;
import dev.cairn.gradients.ParameterFeatures;
import dev.cairn.gradients.ParameterFeatures.Kind;
import dev.cairn.gradients.graph.ForwardGraph;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import dev.cairn.gradients.rules.LinearGradient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** Second moments of each layer's inputs and output gradients, summed over a row's positions. */
public final class MomentFeatures {
  private MomentFeatures() {}

  /** Layers without a matrix of inputs (grouped convolutions, tables, vectors) are left out. */
  public static Features write(
      ForwardGraph graph, Ops ops, List<String> parameters, ParameterGradients found) {
    List<ParameterFeatures> layout = KroneckerFeatures.blocks(graph, ops, parameters, found);
    SequencedMap<String, Value> moments = new LinkedHashMap<>();
    for (ParameterFeatures layer : layout) {
      ops.writer().scope(layer.name());
      List<LinearGradient> uses = found.linear(layer.name());
      if (layer.kind() == Kind.KRONECKER
          && uses.stream().allMatch(use -> use.inputs(ops).isPresent())) {
        List<Value> in = new ArrayList<>();
        List<Value> out = new ArrayList<>();
        for (LinearGradient use : uses) {
          Value a = use.inputs(ops).orElseThrow();
          in.add(moment(ops, layer.bias() == null ? a : withOne(ops, a)));
          out.add(moment(ops, use.outputGradients(ops).orElseThrow()));
        }
        moments.put(GradientGraph.MOMENT_IN + layer.name(), ops.sum(in));
        moments.put(GradientGraph.MOMENT_OUT + layer.name(), ops.sum(out));
      }
    }
    return new Features(Optional.empty(), layout, moments, "");
  }

  /** Σ_s x_s x_sᵀ. */
  private static Value moment(Ops ops, Value x) {
    return ops.matMul(ops.transposeMatrix(x), x);
  }

  /** [a_s; 1]. */
  private static Value withOne(Ops ops, Value a) {
    float[] one = new float[Math.toIntExact(a.shape().size(1))];
    Arrays.fill(one, 1);
    Value zero = ops.mul(ops.slice(a, 2, 0, 1, 1), 0);
    Value ones = ops.add(zero, ops.writer().floats(one, 1, one.length, 1));
    return ops.concat(2, List.of(a, new Value(ones.name(), Shape.batch(one.length, 1))));
  }
}
