package dev.cairn.gradients.features;

import dev.cairn.gradients.GradientGraph;
import dev.cairn.gradients.ParameterFeatures;
import dev.cairn.gradients.graph.Value;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The end of a gradient graph.
 *
 * @param vector [batch, K]; empty where there are outputs by parameter only
 * @param layout which features belong to which parameter; where features are mixed over parameters
 *     (dense, sketched), of the vector before that
 * @param gradients further outputs by parameter; empty unless they are outputs
 * @param prefix of those outputs' names
 */
public record Features(
    Optional<Value> vector,
    List<ParameterFeatures> layout,
    SequencedMap<String, Value> gradients,
    String prefix) {

  public Features(
      Optional<Value> vector,
      List<ParameterFeatures> layout,
      SequencedMap<String, Value> gradients) {
    this(vector, layout, gradients, GradientGraph.GRADIENT_PREFIX);
  }

  /** Elements of the vector, or of the layout where there is none. */
  public int dimension() {
    ParameterFeatures last = layout.getLast();
    return vector
        .map(v -> Math.toIntExact(v.shape().size(1)))
        .orElse(last.offset() + last.length());
  }
}
