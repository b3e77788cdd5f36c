package dev.cairn.gradients;

import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.TensorProto;
import java.util.List;
import java.util.Set;

/** Turns parameters from constants of a graph into inputs: in training they change every step. */
final class ParameterInputs {
  private ParameterInputs() {}

  static GradientGraph of(GradientGraph gradients, List<String> parameters) {
    Set<String> names = Set.copyOf(parameters);
    GraphProto graph = gradients.model().getGraph();
    GraphProto.Builder open = graph.toBuilder().clearInitializer();
    for (TensorProto constant : graph.getInitializerList()) {
      if (names.contains(constant.getName())) {
        open.addInput(Differentiator.info(constant.getName(), Tensors.shape(constant)));
      } else {
        open.addInitializer(constant);
      }
    }
    return new GradientGraph(
        gradients.model().toBuilder().setGraph(open).build(),
        gradients.featureDimension(),
        gradients.layout());
  }
}
