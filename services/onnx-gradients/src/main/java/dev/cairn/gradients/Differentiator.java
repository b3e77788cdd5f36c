package dev.cairn.gradients;

import dev.cairn.gradients.features.DenseFeatures;
import dev.cairn.gradients.features.Features;
import dev.cairn.gradients.features.IdentityFeatures;
import dev.cairn.gradients.features.KroneckerFeatures;
import dev.cairn.gradients.features.MomentFeatures;
import dev.cairn.gradients.features.ParameterGradients;
import dev.cairn.gradients.features.SecondStage;
import dev.cairn.gradients.features.SummedGradients;
import dev.cairn.gradients.graph.ForwardGraph;
import dev.cairn.gradients.graph.GraphWriter;
import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.PadFolding;
import dev.cairn.gradients.graph.Pruning;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.TensorProto;
import dev.cairn.gradients.onnx.TypeProto;
import dev.cairn.gradients.onnx.ValueInfoProto;
import dev.cairn.gradients.rules.Backward;
import dev.cairn.gradients.rules.Rules;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reverse-mode differentiation of an ONNX graph: a model in, a model out, nothing is run. */
public final class Differentiator {
  private Differentiator() {}

  /**
   * @param simplified a model without shape arithmetic, with element type and shape of every value
   *     in its value_info; axes that depend on the batch are named "batch" or "batch*k"
   * @throws UnsupportedOperatorException for an operator between a parameter and the prediction
   *     that no rule differentiates
   * @throws GradientException for anything else that cannot be differentiated
   */
  public static GradientGraph differentiate(ModelProto simplified, GradientSpec spec) {
    ForwardGraph graph = new ForwardGraph(PadFolding.fold(simplified));
    ActivePath path = ActivePath.of(graph, spec.parameters());
    List<String> parameters = path.parametersInOrderOfUse();
    if (parameters.isEmpty()) {
      throw new GradientException(
          "The prediction '%s' depends on none of the %d parameters given"
              .formatted(graph.prediction().name(), spec.parameters().size()));
    }
    Ops ops = new Ops(new GraphWriter());
    ParameterGradients found = new ParameterGradients(Set.copyOf(parameters));
    backward(graph, ops, path, found, !(spec.projection() instanceof Projection.Sum));
    Features features = features(spec.projection(), graph, ops, parameters, found);
    GradientGraph gradients = assemble(graph, ops.writer(), features);
    return spec.projection() instanceof Projection.Sum
        ? ParameterInputs.of(gradients, parameters)
        : gradients;
  }

  private static Features features(
      Projection projection,
      ForwardGraph graph,
      Ops ops,
      List<String> parameters,
      ParameterGradients found) {
    return switch (projection) {
      case Projection.Identity() -> IdentityFeatures.write(graph, ops, parameters, found);
      case Projection.Sum() -> SummedGradients.write(graph, ops, parameters, found);
      case Projection.Moments() -> MomentFeatures.write(graph, ops, parameters, found);
      case Projection.Kronecker kronecker ->
          KroneckerFeatures.write(graph, ops, parameters, found, kronecker);
      case Projection.Dense dense -> DenseFeatures.write(graph, ops, parameters, found, dense);
      case Projection.Sketched sketched ->
          SecondStage.sketch(
              features(sketched.first(), graph, ops, parameters, found), ops, sketched);
      case Projection.Normalised(Projection first) ->
          SecondStage.normalise(features(first, graph, ops, parameters, found), ops);
    };
  }

  private static void backward(
      ForwardGraph graph, Ops ops, ActivePath path, ParameterGradients found, boolean fixed) {
    Backward pass = new Backward(graph, ops, path.activeValues(), found, fixed);
    Value prediction = graph.prediction();
    Value scale = new Value(GradientGraph.SCALE, prediction.shape());
    Value offset = new Value(GradientGraph.OFFSET, prediction.shape());
    ops.writer().scope(prediction.name());
    pass.add(prediction.name(), ops.add(ops.mul(scale, prediction), offset));
    for (Node node : graph.nodes().reversed()) {
      if (node.proto().getOutputList().stream().anyMatch(pass::hasDelta)) {
        ops.writer().scope(node.name());
        Rules.backward(node, pass);
      }
    }
  }

  private static GradientGraph assemble(ForwardGraph graph, GraphWriter writer, Features features) {
    Value prediction = graph.prediction();
    List<ValueInfoProto> outputs = new ArrayList<>();
    writer.named(GradientGraph.PREDICTION, "Identity", prediction.name());
    outputs.add(info(GradientGraph.PREDICTION, prediction.shape()));
    features
        .vector()
        .ifPresent(
            vector -> {
              writer.named(GradientGraph.FEATURES, "Identity", vector.name());
              outputs.add(info(GradientGraph.FEATURES, vector.shape()));
            });
    features
        .gradients()
        .forEach(
            (name, gradient) -> {
              String output = features.prefix() + name;
              writer.named(output, "Identity", gradient.name());
              outputs.add(info(output, gradient.shape()));
            });
    GraphProto forward = graph.model().getGraph();
    GraphProto whole =
        forward.toBuilder()
            .clearNode()
            .addAllNode(writer.rewritten(forward.getNodeList()))
            .clearValueInfo()
            .clearOutput()
            .addAllNode(writer.nodes())
            .addAllInitializer(writer.constants())
            .addInput(info(GradientGraph.SCALE, prediction.shape()))
            .addInput(info(GradientGraph.OFFSET, prediction.shape()))
            .addAllOutput(outputs)
            .build();
    return new GradientGraph(
        graph.model().toBuilder().setProducerName("cairn").setGraph(Pruning.prune(whole)).build(),
        features.dimension(),
        features.layout());
  }

  static ValueInfoProto info(String name, Shape shape) {
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT.getNumber())
                        .setShape(shape.proto())))
        .build();
  }
}
