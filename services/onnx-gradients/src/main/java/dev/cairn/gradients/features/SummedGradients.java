package dev.cairn.gradients.features;

import dev.cairn.gradients.ParameterFeatures;
import dev.cairn.gradients.graph.ForwardGraph;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/** Each parameter's gradient summed over the batch: what a training step needs. */
public final class SummedGradients {
  private SummedGradients() {}

  /** The layout numbers the elements of all parameters, one parameter after another. */
  public static Features write(
      ForwardGraph graph, Ops ops, List<String> parameters, ParameterGradients found) {
    List<ParameterFeatures> layout = new ArrayList<>();
    SequencedMap<String, Value> gradients = new LinkedHashMap<>();
    int offset = 0;
    for (String name : parameters) {
      ops.writer().scope(name);
      Shape shape = graph.shape(name);
      Value gradient =
          ops.sum(
              Stream.concat(
                      found.linear(name).stream().map(use -> use.summed(ops)),
                      found.direct(name).stream().map(use -> ops.reduceSum(use.get(), false, 0)))
                  .toList());
      gradients.put(name, ops.reshape(gradient, shape));
      ParameterFeatures block = IdentityFeatures.block(name, shape, offset);
      layout.add(block);
      offset += block.length();
    }
    return new Features(Optional.empty(), layout, gradients);
  }
}
