package dev.cairn.gradients;

import dev.cairn.gradients.graph.GraphWriter;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.OperatorSetIdProto;
import dev.cairn.gradients.onnx.TensorProto;
import dev.cairn.gradients.onnx.TypeProto;
import dev.cairn.gradients.onnx.ValueInfoProto;
import java.util.HashMap;
import java.util.Map;

/** Runs written nodes on given inputs, to look at one value. */
public final class GraphEvaluation {
  private final GraphProto.Builder graph;
  private final String output;
  private final Map<String, float[]> given = new HashMap<>();

  private GraphEvaluation(GraphProto.Builder graph, String output) {
    this.graph = graph;
    this.output = output;
  }

  public static GraphEvaluation of(GraphWriter writer, Value value) {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("written")
            .addAllNode(writer.nodes())
            .addAllInitializer(writer.constants())
            .addOutput(ValueInfoProto.newBuilder().setName(value.name()));
    return new GraphEvaluation(graph, value.name());
  }

  public GraphEvaluation with(String name, float[] data, long... shape) {
    var tensor =
        TypeProto.Tensor.newBuilder()
            .setElemType(TensorProto.DataType.FLOAT.getNumber())
            .setShape(Shape.of(shape).proto());
    graph.addInput(
        ValueInfoProto.newBuilder()
            .setName(name)
            .setType(TypeProto.newBuilder().setTensorType(tensor)));
    given.put(name, data);
    return this;
  }

  public float[] run() {
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .setGraph(graph)
            .build();
    return GraphRun.run(model, 1, given).get(output);
  }
}
