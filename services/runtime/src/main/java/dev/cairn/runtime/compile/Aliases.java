package dev.cairn.runtime.compile;

import dev.cairn.gradients.Parameters;
import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.NodeProto;
import dev.cairn.gradients.onnx.TensorProto;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Takes apart parameters that an exporter wrote as one because they happened to be equal.
 *
 * <p>PyTorch stores equal tensors once and gives the others' names to Identity nodes; that is how
 * the scales of all normalisations of an untrained model, all ones, become one. A tensor of random
 * numbers that is there twice, on the other hand, is a weight shared by design, and stays one: its
 * gradient is the sum over its uses. So only tensors of one number over and over are taken apart.
 */
final class Aliases {
  private Aliases() {}

  static ModelProto takeApart(ModelProto model) {
    Set<String> candidates = Parameters.candidates(model);
    Map<String, TensorProto> uniform = new HashMap<>();
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      if (candidates.contains(tensor.getName()) && isUniform(tensor)) {
        uniform.put(tensor.getName(), tensor);
      }
    }
    GraphProto.Builder graph = model.getGraph().toBuilder().clearNode();
    for (NodeProto node : model.getGraph().getNodeList()) {
      TensorProto original =
          node.getOpType().equals("Identity") ? uniform.get(node.getInput(0)) : null;
      if (original == null) {
        graph.addNode(node);
      } else {
        TensorProto own = original.toBuilder().setName(node.getOutput(0)).build();
        graph.addInitializer(own);
        uniform.put(own.getName(), own);
      }
    }
    return model.toBuilder().setGraph(graph).build();
  }

  private static boolean isUniform(TensorProto tensor) {
    if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
      return false;
    }
    float[] values = Tensors.floats(tensor);
    for (float value : values) {
      if (value != values[0]) {
        return false;
      }
    }
    return true;
  }
}
