package dev.cairn.gradients;

import dev.cairn.gradients.graph.ForwardGraph;
import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Tensors;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Whether a constant at an input of a node is used as a parameter there.
 *
 * @param dependent values that depend on a parameter
 */
record ParameterUse(ForwardGraph graph, Node node, Set<String> dependent) {

  boolean isParameter(int index) {
    return switch (node.operator()) {
      case "Conv", "ConvTranspose" -> index > 0;
      case "Gemm", "Einsum" -> true;
      case "MatMul" -> graph.shape(node.input(index)).rank() >= 2;
      case "Gather" -> index == 0 && graph.shape(node.input(0)).rank() >= 2;
      case "Concat" -> true;
      case "PRelu" -> index == 1;
      case "Add", "Sub", "Mul", "Div", "Sum", "Max", "Min", "Where" -> othersDepend(index);
      case "InstanceNormalization",
          "LayerNormalization",
          "GroupNormalization",
          "RMSNormalization",
          "BatchNormalization" ->
          index == 1 || index == 2 ? !isNeutral() : false;
      default -> false;
    };
  }

  private boolean othersDepend(int index) {
    return IntStream.range(0, node.inputs().size())
        .anyMatch(i -> i != index && dependent.contains(node.input(i)));
  }

  /**
   * Whether scale is all ones and shift all zeros, and the scale's name was made up: exporters
   * write this where a module has no scale and shift, or applies them itself afterwards.
   */
  private boolean isNeutral() {
    return Parameters.isGenerated(node.input(1))
        && (!node.hasInput(2) || Parameters.isGenerated(node.input(2)))
        && isAll(node.input(1), 1)
        && (!node.hasInput(2) || isAll(node.input(2), 0));
  }

  private boolean isAll(String name, float wanted) {
    if (!graph.isConstant(name)) {
      return false;
    }
    for (float element : Tensors.floats(graph.constant(name))) {
      if (element != wanted) {
        return false;
      }
    }
    return true;
  }
}
