package dev.cairn.gradients;

import dev.cairn.gradients.graph.ForwardGraph;
import dev.cairn.gradients.graph.Node;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The part of a graph that a gradient travels through: what depends on a parameter and leads to the
 * prediction. Everything else (the timestep's sinusoids, say) is never differentiated.
 *
 * @param activeValues float values computed from a parameter, on the way to the prediction
 * @param parametersInOrderOfUse the given parameters that the prediction depends on
 */
record ActivePath(Set<String> activeValues, List<String> parametersInOrderOfUse) {

  static ActivePath of(ForwardGraph graph, Set<String> parameters) {
    Set<String> needed = new HashSet<>(Set.of(graph.prediction().name()));
    for (Node node : graph.nodes().reversed()) {
      if (node.proto().getOutputList().stream().anyMatch(needed::contains)) {
        needed.addAll(node.inputs());
      }
    }
    Set<String> active = new HashSet<>();
    Set<String> used = new LinkedHashSet<>();
    for (Node node : graph.nodes()) {
      List<String> outputs = node.proto().getOutputList();
      if (outputs.stream().noneMatch(needed::contains)) {
        continue;
      }
      node.inputs().stream().filter(parameters::contains).forEach(used::add);
      if (node.inputs().stream().anyMatch(i -> active.contains(i) || used.contains(i))) {
        outputs.stream()
            .filter(o -> !o.isEmpty() && needed.contains(o) && graph.isFloat(o))
            .forEach(active::add);
      }
    }
    return new ActivePath(active, List.copyOf(used));
  }
}
