package dev.cairn.gradients;

import dev.cairn.gradients.graph.ForwardGraph;
import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.TensorProto;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.Set;
import java.util.stream.Collectors;

/** Tells a model's parameters from its constants. */
public final class Parameters {
  private static final Set<String> NORMALISATIONS =
      Set.of("InstanceNormalization", "LayerNormalization", "GroupNormalization");

  private Parameters() {}

  /**
   * The float initialisers of the original file that are used as a weight or bias of Conv, Gemm or
   * MatMul, or as a normalisation's scale or shift.
   *
   * <p>Only initialisers of the original file count: simplification turns constants into
   * initialisers too. An initialiser of a product or sum counts if it has more than one element and
   * the other operand depends on a parameter already; the frequencies of a timestep embedding
   * multiply a plain input, and so do not count.
   *
   * @return in order of first use
   */
  public static SequencedSet<String> discover(ModelProto original, ModelProto simplified) {
    Set<String> candidates =
        original.getGraph().getInitializerList().stream()
            .filter(Tensors::isFloat)
            .map(TensorProto::getName)
            .collect(Collectors.toCollection(HashSet::new));
    ForwardGraph graph = new ForwardGraph(simplified);
    candidates.removeIf(name -> !graph.isConstant(name));
    SequencedSet<String> found = new LinkedHashSet<>();
    Set<String> dependent = new HashSet<>();
    for (Node node : graph.nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        String name = node.input(i);
        if (candidates.contains(name) && isParameter(graph, node, i, dependent)) {
          found.add(name);
        }
      }
      if (node.inputs().stream().anyMatch(i -> dependent.contains(i) || found.contains(i))) {
        dependent.addAll(node.proto().getOutputList());
      }
    }
    return found;
  }

  private static boolean isParameter(
      ForwardGraph graph, Node node, int index, Set<String> dependent) {
    return switch (node.operator()) {
      case "Conv", "Gemm" -> index > 0;
      case "MatMul" -> graph.shape(node.input(index)).rank() == 2;
      case "Add", "Mul" ->
          graph.shape(node.input(index)).elements() > 1
              && dependent.contains(node.input(1 - index));
      default -> NORMALISATIONS.contains(node.operator()) && index > 0;
    };
  }
}
