package dev.cairn.gradients.scope;

import dev.cairn.gradients.graph.ForwardGraph;
import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.onnx.ModelProto;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Tells from a graph what each parameter is for. */
final class LayerKinds {
  private static final Set<String> LINEAR = Set.of("MatMul", "Gemm", "Einsum");
  private static final Set<String> CONVOLUTIONS = Set.of("Conv", "ConvTranspose");

  private final ForwardGraph graph;
  private final Map<String, Set<String>> origins = new HashMap<>();
  private final Map<String, Set<LayerKind>> kinds = new HashMap<>();

  private LayerKinds(ForwardGraph graph) {
    this.graph = graph;
  }

  static LayerKinds of(ModelProto simplified, ParameterNames names) {
    LayerKinds layers = new LayerKinds(new ForwardGraph(simplified));
    for (String parameter : names.byParameter().keySet()) {
      layers.origins.put(parameter, Set.of(parameter));
      layers.kinds.put(parameter, EnumSet.noneOf(LayerKind.class));
    }
    layers.graph.nodes().forEach(layers::look);
    new AttentionLayers(layers.graph, layers.origins)
        .parameters()
        .forEach(p -> layers.kinds.get(p).add(LayerKind.ATTENTION));
    new Adapters(layers.graph, layers.origins, names)
        .parameters()
        .forEach(p -> layers.kinds.get(p).add(LayerKind.LORA));
    layers.kinds.values().stream().filter(Set::isEmpty).forEach(none -> none.add(LayerKind.OTHER));
    return layers;
  }

  Set<LayerKind> kinds(String parameter) {
    return kinds.get(parameter);
  }

  private void look(Node node) {
    Set<String> made = new LinkedHashSet<>();
    node.inputs().forEach(i -> made.addAll(origins.getOrDefault(i, Set.of())));
    boolean ofWeights =
        node.inputs().stream()
            .allMatch(i -> i.isEmpty() || graph.isConstant(i) || origins.containsKey(i));
    if (!made.isEmpty() && (ofWeights || isSpread(node))) {
      node.proto().getOutputList().forEach(output -> origins.put(output, made));
      return;
    }
    for (int i = 0; i < node.inputs().size(); i++) {
      for (String parameter : origins.getOrDefault(node.input(i), Set.of())) {
        kinds.get(parameter).addAll(kindsAt(node, i));
      }
    }
  }

  private boolean isSpread(Node node) {
    return Set.of("Expand", "Tile").contains(node.operator()) && origins.containsKey(node.input(0));
  }

  private EnumSet<LayerKind> kindsAt(Node node, int index) {
    String operator = node.operator();
    if (CONVOLUTIONS.contains(operator)) {
      return layer(LayerKind.CONVOLUTION, index == 2);
    }
    if (LINEAR.contains(operator)) {
      return layer(LayerKind.LINEAR, operator.equals("Gemm") && index == 2);
    }
    if (operator.endsWith("Normalization")) {
      return EnumSet.of(LayerKind.NORM);
    }
    if (operator.equals("Gather")) {
      return EnumSet.of(LayerKind.EMBEDDING);
    }
    return operandKinds(node, index);
  }

  private static EnumSet<LayerKind> layer(LayerKind kind, boolean bias) {
    return bias ? EnumSet.of(kind, LayerKind.BIAS) : EnumSet.of(kind);
  }

  /** A vector added after a layer is its bias, a vector multiplied a normalisation's scale. */
  private EnumSet<LayerKind> operandKinds(Node node, int index) {
    long elements = graph.shape(node.input(index)).elements();
    boolean vector = elements > 1 && elements == longestAxis(node.input(index));
    String other = node.input(index == 0 ? 1 : 0);
    Node producer = graph.producer(other);
    String before = producer == null ? "" : producer.operator();
    if (node.operator().equals("Add")) {
      if (CONVOLUTIONS.contains(before)) {
        return layer(LayerKind.CONVOLUTION, true);
      }
      if (LINEAR.contains(before)) {
        return layer(LayerKind.LINEAR, true);
      }
      if (vector && before.equals("Mul")) {
        return EnumSet.of(LayerKind.NORM);
      }
      return EnumSet.of(vector ? LayerKind.OTHER : LayerKind.EMBEDDING);
    }
    return node.operator().equals("Mul") && vector
        ? EnumSet.of(LayerKind.NORM)
        : EnumSet.of(LayerKind.OTHER);
  }

  private long longestAxis(String value) {
    long longest = 0;
    for (long size : graph.shape(value).sizes()) {
      longest = Math.max(longest, size);
    }
    return longest;
  }
}
