package dev.cairn.runtime.compile;

import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.NodeProto;
import dev.cairn.gradients.onnx.TensorProto;
import dev.cairn.runtime.onnx.OnnxFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Puts the nodes that compute from weights alone to the front of a graph whose weights stay in
 * their file. ONNX Runtime orders nodes by a depth-first search that follows the inputs of higher
 * position first: with these at the front, it makes each rotated weight right before it is used and
 * frees it afterwards; otherwise all of them before the backward pass begins, a second copy of the
 * model.
 */
public final class WeightsFirst {

  private WeightsFirst() {}

  /** The same graph in another order; as it is if its weights are in itself and get folded. */
  public static ModelProto order(ModelProto model) {
    if (!OnnxFile.hasExternalData(model)) {
      return model;
    }
    Set<String> constant = new HashSet<>(Set.of(""));
    model.getGraph().getInitializerList().stream().map(TensorProto::getName).forEach(constant::add);
    List<NodeProto> first = new ArrayList<>();
    List<NodeProto> others = new ArrayList<>();
    for (NodeProto node : model.getGraph().getNodeList()) {
      if (constant.containsAll(node.getInputList())) {
        constant.addAll(node.getOutputList());
        first.add(node);
      } else {
        others.add(node);
      }
    }
    GraphProto.Builder graph = model.getGraph().toBuilder().clearNode();
    return model.toBuilder().setGraph(graph.addAllNode(first).addAllNode(others)).build();
  }
}
