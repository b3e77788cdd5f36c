package dev.cairn.validation.unet;

import dev.cairn.diffusion.CounterRandom;
import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.onnx.AttributeProto;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.NodeProto;
import dev.cairn.gradients.onnx.TensorProto;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Draws a model's parameters anew, whatever program wrote the file: weights of linear maps uniform
 * in ±1/√(inputs of an output), normalisation scales 1, everything else (biases, shifts) 0. The
 * draw is a pure function of the seed and the parameter's name.
 */
public final class Initialisation {
  private static final Set<String> NORMALISATIONS =
      Set.of("InstanceNormalization", "LayerNormalization", "GroupNormalization");

  private final GraphProto graph;
  private final long seed;

  private Initialisation(GraphProto graph, long seed) {
    this.graph = graph;
    this.seed = seed;
  }

  /** The model with every float initialiser drawn anew: of a file whose constants are nodes. */
  public static ModelProto of(ModelProto model, long seed) {
    return of(
        model,
        model.getGraph().getInitializerList().stream()
            .filter(Tensors::isFloat)
            .map(TensorProto::getName)
            .collect(Collectors.toSet()),
        seed);
  }

  /** The model with these initialisers drawn anew. */
  public static ModelProto of(ModelProto model, Set<String> parameters, long seed) {
    Initialisation drawn = new Initialisation(model.getGraph(), seed);
    GraphProto.Builder graph = model.getGraph().toBuilder();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      TensorProto parameter = graph.getInitializer(i);
      if (parameters.contains(parameter.getName())) {
        graph.setInitializer(i, drawn.draw(parameter));
      }
    }
    return model.toBuilder().setGraph(graph).build();
  }

  private TensorProto draw(TensorProto parameter) {
    long[] shape = parameter.getDimsList().stream().mapToLong(Long::longValue).toArray();
    float[] values =
        new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
    NodeProto user =
        graph.getNodeList().stream()
            .filter(node -> node.getInputList().contains(parameter.getName()))
            .findFirst()
            .orElse(NodeProto.getDefaultInstance());
    boolean first = user.getInputCount() > 1 && user.getInput(1).equals(parameter.getName());
    if (user.getOpType().equals("Mul") || (NORMALISATIONS.contains(user.getOpType()) && first)) {
      Arrays.fill(values, 1);
    } else if (shape.length >= 2 && isWeight(user, parameter.getName())) {
      CounterRandom random = new CounterRandom(seed, "parameter/" + parameter.getName());
      double bound = 1 / Math.sqrt(inputs(user, shape));
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (bound * (2 * random.uniform(i) - 1));
      }
    }
    return Tensors.floats(parameter.getName(), values, shape);
  }

  private static boolean isWeight(NodeProto user, String name) {
    return switch (user.getOpType()) {
      case "Conv", "Gemm" -> user.getInput(1).equals(name);
      case "MatMul" -> true;
      default -> false;
    };
  }

  /** Inputs that one output of the linear map sums over. */
  private static double inputs(NodeProto user, long[] shape) {
    boolean inputsFirst =
        user.getOpType().equals("MatMul")
            || (user.getOpType().equals("Gemm")
                && user.getAttributeList().stream()
                        .filter(a -> a.getName().equals("transB"))
                        .mapToLong(AttributeProto::getI)
                        .findFirst()
                        .orElse(0)
                    == 0);
    return inputsFirst ? shape[0] : Arrays.stream(shape).skip(1).reduce(1, Math::multiplyExact);
  }
}
