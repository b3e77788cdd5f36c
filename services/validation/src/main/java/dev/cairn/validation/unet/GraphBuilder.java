package dev.cairn.validation.unet;

import static dev.cairn.gradients.graph.GraphWriter.attribute;

import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.onnx.AttributeProto;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.NodeProto;
import dev.cairn.gradients.onnx.OperatorSetIdProto;
import dev.cairn.gradients.onnx.TensorProto;
import dev.cairn.gradients.onnx.TensorShapeProto;
import dev.cairn.gradients.onnx.TypeProto;
import dev.cairn.gradients.onnx.ValueInfoProto;
import java.util.Arrays;

/** Writes an ONNX graph node by node; values are known by name. */
final class GraphBuilder {
  private static final long OPSET = 17;
  private static final long IR_VERSION = 8;

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("unet");
  private int count;

  /** A node with one output; an empty input name leaves an optional input out. */
  String node(String operator, String[] inputs, AttributeProto... attributes) {
    return node("%s_%d".formatted(operator, count++), operator, inputs, attributes);
  }

  /** The same with the output's name given. */
  String node(String output, String operator, String[] inputs, AttributeProto... attributes) {
    graph.addNode(
        NodeProto.newBuilder()
            .setName(output)
            .setOpType(operator)
            .addAllInput(Arrays.asList(inputs))
            .addOutput(output)
            .addAllAttribute(Arrays.asList(attributes)));
    return output;
  }

  /** A parameter, all zero until it is initialised. */
  String parameter(String name, long... shape) {
    long elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    graph.addInitializer(Tensors.floats(name, new float[Math.toIntExact(elements)], shape));
    return name;
  }

  /** A constant that is no parameter: a node, as exporters write it. */
  String constant(TensorProto value) {
    String name = "constant_" + count++;
    graph.addNode(
        NodeProto.newBuilder()
            .setName(name)
            .setOpType("Constant")
            .addOutput(name)
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("value")
                    .setType(AttributeProto.AttributeType.TENSOR)
                    .setT(value)));
    return name;
  }

  String longs(long... values) {
    return constant(Tensors.longs("", values, values.length));
  }

  String floats(float[] values, long... shape) {
    return constant(Tensors.floats("", values, shape));
  }

  String add(String a, String b) {
    return node("Add", new String[] {a, b});
  }

  String mul(String a, String b) {
    return node("Mul", new String[] {a, b});
  }

  String silu(String x) {
    return mul(x, node("Sigmoid", new String[] {x}));
  }

  String concat(int axis, String... parts) {
    return node("Concat", parts, attribute("axis", axis));
  }

  String reshape(String x, long... shape) {
    return node("Reshape", new String[] {x, longs(shape)});
  }

  String transpose(String x, long... permutation) {
    return node("Transpose", new String[] {x}, attribute("perm", permutation));
  }

  void input(String name, TensorProto.DataType type, long... shape) {
    graph.addInput(info(name, type, shape));
  }

  void output(String name, long... shape) {
    graph.addOutput(info(name, TensorProto.DataType.FLOAT, shape));
  }

  ModelProto model() {
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("cairn")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
        .setGraph(graph)
        .build();
  }

  private static ValueInfoProto info(String name, TensorProto.DataType type, long... shape) {
    TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
    dims.addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("batch"));
    for (long size : shape) {
      dims.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(dims)))
        .build();
  }
}
