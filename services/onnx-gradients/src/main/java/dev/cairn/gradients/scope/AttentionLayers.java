package dev.cairn.gradients.scope;

import dev.cairn.gradients.graph.ForwardGraph;
import dev.cairn.gradients.graph.Node;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The layers around each Softmax between two products: those that make queries, keys and values,
 * and the one that takes the result.
 *
 * @param origins values that are made of parameters alone, with these
 */
record AttentionLayers(ForwardGraph graph, Map<String, Set<String>> origins) {
  private static final Set<String> PRODUCTS = Set.of("MatMul", "Einsum", "Gemm", "Conv");

  /** What lies between a layer and the products of attention: heads are split and joined there. */
  private static final Set<String> BETWEEN =
      Set.of(
          "Reshape",
          "Transpose",
          "Split",
          "Slice",
          "Squeeze",
          "Unsqueeze",
          "Gather",
          "Mul",
          "Div",
          "Add",
          "Where",
          "Identity",
          "Cast",
          "Flatten",
          "Sqrt",
          "Pow",
          "ReduceMean",
          "Reciprocal",
          "RMSNormalization",
          "LayerNormalization",
          "Softmax",
          "Concat");

  Set<String> parameters() {
    Set<String> found = new LinkedHashSet<>();
    for (Node node : graph.nodes()) {
      if (node.operator().equals("Attention")) {
        around(List.of(node), List.of(node), found);
      } else if (node.operator().equals("Softmax")) {
        List<Node> before = products(node.input(0), true);
        List<Node> after = products(node.output(), false);
        if (before.stream().noneMatch(this::isLayer) && after.stream().noneMatch(this::isLayer)) {
          around(before, after, found);
        }
      }
    }
    return found;
  }

  /** Scores are made by {@code before}, and used by {@code after}, which read the values too. */
  private void around(List<Node> before, List<Node> after, Set<String> found) {
    Set<Node> makers = new LinkedHashSet<>(before);
    makers.addAll(after);
    for (Node maker : makers) {
      maker.inputs().stream()
          .filter(i -> !i.isEmpty())
          .flatMap(i -> products(i, true).stream())
          .filter(this::isLayer)
          .forEach(layer -> add(layer, found));
    }
    for (Node last : after) {
      products(last.output(), false).stream()
          .filter(this::isLayer)
          .forEach(layer -> add(layer, found));
    }
  }

  /** A layer's weight, and the bias that is added right behind it. */
  private void add(Node layer, Set<String> found) {
    layer.inputs().forEach(i -> found.addAll(origins.getOrDefault(i, Set.of())));
    graph.consumers(layer.output()).stream()
        .filter(c -> c.operator().equals("Add"))
        .flatMap(c -> c.inputs().stream())
        .forEach(i -> found.addAll(origins.getOrDefault(i, Set.of())));
  }

  private boolean isLayer(Node node) {
    return node.inputs().stream().anyMatch(origins::containsKey);
  }

  /** The nearest products before or behind a value. */
  private List<Node> products(String value, boolean before) {
    Set<Node> seen = new HashSet<>();
    Set<Node> found = new LinkedHashSet<>();
    Deque<Node> open = new ArrayDeque<>(next(value, before));
    while (!open.isEmpty()) {
      Node node = open.pop();
      if (!seen.add(node)) {
        continue;
      }
      if (PRODUCTS.contains(node.operator())) {
        found.add(node);
      } else if (BETWEEN.contains(node.operator())) {
        (before ? node.inputs() : node.proto().getOutputList())
            .forEach(v -> open.addAll(next(v, before)));
      }
    }
    return List.copyOf(found);
  }

  private List<Node> next(String value, boolean before) {
    if (!before) {
      return graph.consumers(value);
    }
    Node producer = graph.producer(value);
    return producer == null || origins.containsKey(value) ? List.of() : List.of(producer);
  }
}
