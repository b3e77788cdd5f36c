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

/** The gradients themselves, flattened one after another. */
public final class IdentityFeatures {
  private IdentityFeatures() {}

  public static Features write(
      ForwardGraph graph, Ops ops, List<String> parameters, ParameterGradients found) {
    List<ParameterFeatures> layout = new ArrayList<>();
    SequencedMap<String, Value> gradients = new LinkedHashMap<>();
    List<Value> flattened = new ArrayList<>();
    int offset = 0;
    for (String name : parameters) {
      ops.writer().scope(name);
      Shape shape = graph.shape(name);
      Value gradient = ops.reshape(gradient(ops, name, found), Shape.batch().concat(shape));
      ParameterFeatures block = block(name, shape, offset);
      gradients.put(name, gradient);
      flattened.add(ops.reshape(gradient, Shape.batch(block.length())));
      layout.add(block);
      offset += block.length();
    }
    return new Features(Optional.of(ops.concat(1, flattened)), layout, gradients);
  }

  /** A parameter's elements as they are. */
  static ParameterFeatures block(String name, Shape shape, int offset) {
    int elements = Math.toIntExact(shape.elements());
    return new ParameterFeatures(
        name,
        null,
        ParameterFeatures.Kind.IDENTITY,
        Shapes.integers(shape),
        false,
        elements,
        1,
        elements,
        1,
        offset);
  }

  /** Sum over all uses of a parameter. */
  static Value gradient(Ops ops, String name, ParameterGradients found) {
    return ops.sum(
        Stream.concat(
                found.linear(name).stream().map(g -> g.gradient(ops)),
                found.direct(name).stream().map(s -> s.get()))
            .toList());
  }
}
