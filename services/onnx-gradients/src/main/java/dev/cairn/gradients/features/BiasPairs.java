package dev.cairn.gradients.features;

import dev.cairn.gradients.graph.ForwardGraph;
import dev.cairn.gradients.graph.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the bias that belongs to a linear map's weight: same layer, same output gradient. */
final class BiasPairs {
  private final ForwardGraph graph;
  private final Set<String> parameters;

  private BiasPairs(ForwardGraph graph, Set<String> parameters) {
    this.graph = graph;
    this.parameters = parameters;
  }

  /** Weight → bias, for parameters used in one place only. */
  static Map<String, String> find(ForwardGraph graph, Set<String> parameters) {
    BiasPairs pairs = new BiasPairs(graph, parameters);
    Map<String, String> found = new HashMap<>();
    for (Node node : graph.nodes()) {
      String weight = pairs.stored(node.input(1));
      String bias = pairs.biasOf(node);
      if (bias != null && pairs.usedOnce(weight) && pairs.usedOnce(bias)) {
        found.put(weight, bias);
      }
    }
    return found;
  }

  private boolean usedOnce(String parameter) {
    return parameters.contains(parameter)
        && graph.nodes().stream()
                .flatMap(n -> n.inputs().stream())
                .filter(parameter::equals)
                .count()
            == 1;
  }

  /** The initialiser itself where a weight of half precision is cast before it is used. */
  private String stored(String weight) {
    Node producer = graph.producer(weight);
    return producer != null && producer.operator().equals("Cast") ? producer.input(0) : weight;
  }

  private String biasOf(Node node) {
    return switch (node.operator()) {
      case "Conv" -> node.hasInput(2) ? node.input(2) : null;
      case "Gemm" ->
          node.hasInput(2)
                  && node.number("alpha", 1) == 1
                  && node.number("beta", 1) == 1
                  && isVector(node.input(2), node.output())
              ? node.input(2)
              : null;
      case "MatMul" -> addedTo(node.output());
      default -> null;
    };
  }

  private String addedTo(String product) {
    List<Node> consumers = graph.consumers(product);
    if (consumers.size() != 1 || !consumers.getFirst().operator().equals("Add")) {
      return null;
    }
    Node add = consumers.getFirst();
    String other = add.input(0).equals(product) ? add.input(1) : add.input(0);
    return graph.isConstant(other) && isVector(other, product) ? other : null;
  }

  /** Whether a constant has one element for each of the last axis of a value, and no more. */
  private boolean isVector(String constant, String value) {
    return graph.isConstant(constant)
        && graph.shape(constant).rank() > 0
        && graph.shape(constant).elements() == graph.shape(value).size(-1)
        && graph.shape(constant).size(-1) == graph.shape(value).size(-1);
  }
}
