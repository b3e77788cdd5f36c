package dev.cairn.gradients.scope;

import dev.cairn.gradients.graph.ForwardGraph;
import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.onnx.ModelProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A node that computes from the model's inputs and reads a parameter: itself, or something computed
 * from it and other constants.
 *
 * @param input at which of the node's inputs
 * @param form what the node reads
 */
public record WeightUse(Node node, int input, Form form) {

  /** What becomes of a parameter before it is used. */
  public enum Form {
    AS_STORED,
    TRANSPOSED,
    COMPUTED;

    private Form transposed() {
      return switch (this) {
        case AS_STORED -> TRANSPOSED;
        case TRANSPOSED -> AS_STORED;
        case COMPUTED -> COMPUTED;
      };
    }
  }

  /**
   * The uses of parameters, in the order of the nodes.
   *
   * @param model as its exporter wrote it: no shape of any value is needed
   * @param parameters names of initialisers
   */
  public static Map<String, List<WeightUse>> of(ModelProto model, Set<String> parameters) {
    ForwardGraph graph = new ForwardGraph(model);
    Map<String, Map<String, Form>> origins = new HashMap<>();
    Map<String, List<WeightUse>> uses = new LinkedHashMap<>();
    for (String parameter : parameters) {
      origins.put(parameter, Map.of(parameter, Form.AS_STORED));
      uses.put(parameter, new ArrayList<>());
    }
    Set<String> constants = new HashSet<>(Set.of(""));
    model.getGraph().getInitializerList().forEach(t -> constants.add(t.getName()));
    for (Node node : graph.nodes()) {
      if (isSpread(node, origins) || constants.containsAll(node.inputs())) {
        Map<String, Form> made = made(node, origins);
        for (String output : node.proto().getOutputList()) {
          constants.add(output);
          if (!made.isEmpty()) {
            origins.put(output, made);
          }
        }
        continue;
      }
      for (int i = 0; i < node.inputs().size(); i++) {
        int input = i;
        origins
            .getOrDefault(node.input(i), Map.of())
            .forEach((name, form) -> uses.get(name).add(new WeightUse(node, input, form)));
      }
    }
    return uses;
  }

  /** Whether a node repeats a weight, be it for every row of a batch. */
  private static boolean isSpread(Node node, Map<String, Map<String, Form>> origins) {
    return Set.of("Expand", "Tile").contains(node.operator()) && origins.containsKey(node.input(0));
  }

  private static Map<String, Form> made(Node node, Map<String, Map<String, Form>> origins) {
    Map<String, Form> made = new LinkedHashMap<>();
    for (String input : node.inputs()) {
      origins
          .getOrDefault(input, Map.of())
          .forEach((name, form) -> made.put(name, after(node, form)));
    }
    return made;
  }

  private static Form after(Node node, Form form) {
    long[] order = node.integers("perm");
    return switch (node.operator()) {
      case "Identity", "Cast" -> form;
      case "Transpose" ->
          order == null || order.length == 2 && order[0] == 1 ? form.transposed() : Form.COMPUTED;
      default -> Form.COMPUTED;
    };
  }
}
