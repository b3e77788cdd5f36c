package dev.cairn.runtime.compile;

import dev.cairn.gradients.Parameters;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.TensorProto;
import dev.cairn.gradients.onnx.TensorShapeProto;
import dev.cairn.gradients.onnx.TypeProto;
import dev.cairn.gradients.onnx.ValueInfoProto;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes weights inputs of a model while ONNX Runtime simplifies it, and constants again afterwards.
 *
 * <p>The runtime folds whatever is made of constants alone: a transposed weight, a weight times a
 * scale, the sum of a weight and its adapter would lose the parameter's name, and with it its
 * gradient. An input it has to leave alone. The weights also stay out of what the runtime writes.
 */
final class OpenWeights {
  private OpenWeights() {}

  /** The same function with its weights as inputs of fixed shape. */
  static ModelProto open(ModelProto model) {
    Set<String> weights = Parameters.candidates(model);
    GraphProto.Builder graph = model.getGraph().toBuilder().clearInitializer().clearInput();
    Set<String> constants =
        model.getGraph().getInitializerList().stream()
            .map(TensorProto::getName)
            .collect(Collectors.toSet());
    // Old files list their constants as inputs too.
    model.getGraph().getInputList().stream()
        .filter(input -> !constants.contains(input.getName()))
        .forEach(graph::addInput);
    for (TensorProto constant : model.getGraph().getInitializerList()) {
      if (weights.contains(constant.getName())) {
        graph.addInput(info(constant));
      } else {
        graph.addInitializer(constant);
      }
    }
    return model.toBuilder().setGraph(graph).build();
  }

  /**
   * @param simplified what became of an opened model
   * @param original the model before it was opened
   */
  static ModelProto close(ModelProto simplified, ModelProto original) {
    Set<String> weights = Parameters.candidates(original);
    GraphProto.Builder graph = simplified.getGraph().toBuilder().clearInput();
    simplified.getGraph().getInputList().stream()
        .filter(input -> !weights.contains(input.getName()))
        .forEach(graph::addInput);
    original.getGraph().getInitializerList().stream()
        .filter(constant -> weights.contains(constant.getName()))
        .forEach(graph::addInitializer);
    return simplified.toBuilder().setGraph(graph).build();
  }

  private static ValueInfoProto info(TensorProto weight) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    weight
        .getDimsList()
        .forEach(size -> shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size)));
    return ValueInfoProto.newBuilder()
        .setName(weight.getName())
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(weight.getDataType())
                        .setShape(shape)))
        .build();
  }
}
