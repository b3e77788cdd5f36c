package dev.cairn.gradients.graph;

import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.NodeProto;
import dev.cairn.gradients.onnx.TensorProto;
import dev.cairn.gradients.onnx.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Removes what no output needs. */
public final class Pruning {
  private Pruning() {}

  /** The same outputs from the fewest nodes and constants; inputs stay, used or not. */
  public static GraphProto prune(GraphProto graph) {
    Set<String> needed = new HashSet<>();
    graph.getOutputList().stream().map(ValueInfoProto::getName).forEach(needed::add);
    List<NodeProto> nodes = new ArrayList<>();
    for (NodeProto node : graph.getNodeList().reversed()) {
      if (node.getOutputList().stream().anyMatch(needed::contains)) {
        needed.addAll(node.getInputList());
        nodes.add(node);
      }
    }
    List<TensorProto> constants =
        graph.getInitializerList().stream().filter(c -> needed.contains(c.getName())).toList();
    return graph.toBuilder()
        .clearNode()
        .addAllNode(nodes.reversed())
        .clearInitializer()
        .addAllInitializer(constants)
        .build();
  }
}
