package dev.cairn.gradients.scope;

import dev.cairn.gradients.graph.ForwardGraph;
import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Shape;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Low-rank adapters (Hu et al., LoRA, 2021): two layers one after the other, with few channels in
 * between, beside a third that reads the same; or the product of two weights within a third.
 *
 * @param origins values that are made of parameters alone, with these
 */
record Adapters(ForwardGraph graph, Map<String, Set<String>> origins, ParameterNames names) {
  private static final Pattern NAME =
      Pattern.compile(
          ".*lora[._]?(a|b|up|down|embedding_a|embedding_b)\\b.*|.*[._]lora[._].*",
          Pattern.CASE_INSENSITIVE);

  private static final Set<String> LAYERS = Set.of("MatMul", "Gemm", "Conv");

  /** What may stand between the factors, and between them and the sum. */
  private static final Set<String> BETWEEN =
      Set.of("Mul", "Div", "Identity", "Cast", "Dropout", "Reshape", "Transpose", "Unsqueeze");

  Set<String> parameters() {
    Set<String> found = new LinkedHashSet<>();
    names
        .byParameter()
        .forEach(
            (parameter, called) -> {
              if (called.stream().anyMatch(name -> NAME.matcher(name).matches())) {
                found.add(parameter);
              }
            });
    for (Node node : graph.nodes()) {
      if (LAYERS.contains(node.operator())) {
        if (origins.containsKey(node.output())) {
          within(node, found);
        } else {
          beside(node, found);
        }
      }
    }
    return found;
  }

  /** W + s B A. */
  private void within(Node product, Set<String> found) {
    Shape first = graph.shape(product.input(0));
    Shape second = graph.shape(product.input(1));
    boolean narrow =
        first.rank() == 2
            && second.rank() == 2
            && first.size(1) < Math.min(first.size(0), second.size(1));
    if (narrow && reachesSum(product)) {
      found.addAll(origins.getOrDefault(product.input(0), Set.of()));
      found.addAll(origins.getOrDefault(product.input(1), Set.of()));
    }
  }

  /** x → A → B, added to another layer of x. */
  private void beside(Node down, Set<String> found) {
    Node up = onlyReader(down);
    while (up != null && BETWEEN.contains(up.operator())) {
      up = onlyReader(up);
    }
    if (up == null || !LAYERS.contains(up.operator()) || !isLayer(down) || !isLayer(up)) {
      return;
    }
    long inner = channels(down.output(), down);
    long outer = Math.min(channels(down.input(0), down), channels(up.output(), up));
    if (inner < outer && reachesSum(up) && hasSibling(down)) {
      found.addAll(origins.get(down.input(1)));
      found.addAll(origins.get(up.input(1)));
    }
  }

  private boolean isLayer(Node node) {
    return origins.containsKey(node.input(1));
  }

  private long channels(String value, Node layer) {
    return graph.shape(value).dim(layer.operator().equals("Conv") ? 1 : -1).size();
  }

  private boolean hasSibling(Node down) {
    List<Node> readers = graph.consumers(down.input(0));
    return readers.stream()
        .anyMatch(r -> r != down && r.operator().equals(down.operator()) && isLayer(r));
  }

  private boolean reachesSum(Node from) {
    Node next = onlyReader(from);
    while (next != null && BETWEEN.contains(next.operator())) {
      next = onlyReader(next);
    }
    return next != null && next.operator().equals("Add");
  }

  private Node onlyReader(Node node) {
    List<Node> readers = graph.consumers(node.output());
    return readers.size() == 1 ? readers.getFirst() : null;
  }
}
