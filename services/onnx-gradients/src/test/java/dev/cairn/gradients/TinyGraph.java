package dev.cairn.gradients;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.cairn.gradients.graph.Shape;
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
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Builds small models for tests; the shapes of their values are found by running them. */
final class TinyGraph {
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("tiny");
  private final Set<String> parameters = new LinkedHashSet<>();
  private final Map<String, Integer> types = new HashMap<>();
  private int opset = 17;

  TinyGraph opset(int version) {
    opset = version;
    return this;
  }

  /** A float input [batch, dims...]. */
  TinyGraph input(String name, long... dims) {
    graph.addInput(info(name, Shape.batch(dims)));
    return this;
  }

  /** An int64 input [batch, dims...] of numbers from 0 (inclusive) to an end (exclusive). */
  TinyGraph indices(String name, int end, long... dims) {
    ValueInfoProto.Builder input = info(name, Shape.batch(dims)).toBuilder();
    input
        .setDocString(Integer.toString(end))
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .setElemType(TensorProto.DataType.INT64.getNumber());
    graph.addInput(input);
    return this;
  }

  /** A parameter with given values. */
  TinyGraph parameter(String name, float[] data, long... dims) {
    parameters.add(name);
    graph.addInitializer(Tensors.floats(name, data, dims));
    return this;
  }

  TinyGraph parameter(String name, long... dims) {
    parameters.add(name);
    float[] data = noise(name, (int) Shape.of(dims).elements());
    graph.addInitializer(Tensors.floats(name, data, dims));
    return this;
  }

  TinyGraph constant(String name, long[] data) {
    graph.addInitializer(Tensors.longs(name, data, data.length));
    return this;
  }

  TinyGraph scalar(String name, long value) {
    graph.addInitializer(Tensors.longs(name, new long[] {value}));
    return this;
  }

  TinyGraph constant(String name, float[] data, long... dims) {
    graph.addInitializer(Tensors.floats(name, data, dims));
    return this;
  }

  /**
   * @param signature "a,b -> c"; an empty name leaves an input out
   */
  TinyGraph node(String operator, String signature, AttributeProto... attributes) {
    String[] sides = signature.split(" -> ");
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(operator + "_" + graph.getNodeCount())
            .addAllInput(Arrays.asList(sides[0].split(",", -1)))
            .addAllOutput(Arrays.asList(sides[1].split(",", -1)))
            .addAllAttribute(Arrays.asList(attributes)));
    return this;
  }

  /** Attributes of a Resize that repeats each element, as exporters write it. */
  static AttributeProto[] nearestBefore() {
    return new AttributeProto[] {
      text("mode", "nearest"),
      text("nearest_mode", "floor"),
      text("coordinate_transformation_mode", "asymmetric")
    };
  }

  Set<String> parameters() {
    return parameters;
  }

  /** The model whose prediction is a value, with the shape of every value. */
  ModelProto build(String prediction) {
    Map<String, long[]> two = shapes(2);
    Map<String, long[]> three = shapes(3);
    GraphProto.Builder whole = graph.clone().clearOutput().clearValueInfo();
    two.forEach(
        (name, shape) -> {
          ValueInfoProto info = typed(name, general(shape, three.get(name)));
          if (name.equals(prediction)) {
            whole.addOutput(info);
          } else {
            whole.addValueInfo(info);
          }
        });
    return model(whole);
  }

  private ValueInfoProto typed(String name, Shape shape) {
    ValueInfoProto.Builder info = info(name, shape).toBuilder();
    info.getTypeBuilder().getTensorTypeBuilder().setElemType(types.get(name));
    return info.build();
  }

  private ModelProto model(GraphProto.Builder whole) {
    return ModelProto.newBuilder()
        .setIrVersion(10)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(opset))
        .setGraph(whole)
        .build();
  }

  private Map<String, long[]> shapes(int batch) {
    GraphProto.Builder everything = graph.clone();
    graph.getNodeList().stream()
        .flatMap(n -> n.getOutputList().stream())
        .forEach(o -> everything.addOutput(ValueInfoProto.newBuilder().setName(o)));
    Map<String, OnnxTensor> inputs = new HashMap<>();
    Map<String, long[]> shapes = new HashMap<>();
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(model(everything).toByteArray())) {
      for (ValueInfoProto input : graph.getInputList()) {
        inputs.put(input.getName(), GraphRun.tensor(input, random(input, batch), batch));
      }
      try (OrtSession.Result result = session.run(inputs)) {
        result.forEach(
            e -> {
              TensorInfo info = (TensorInfo) e.getValue().getInfo();
              shapes.put(e.getKey(), info.getShape());
              types.put(e.getKey(), TensorProto.DataType.valueOf(info.type.name()).getNumber());
            });
      }
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
    return shapes;
  }

  static long[] sizes(ValueInfoProto input, int batch) {
    return input.getType().getTensorType().getShape().getDimList().stream()
        .mapToLong(d -> d.hasDimParam() ? batch : d.getDimValue())
        .toArray();
  }

  static float[] random(ValueInfoProto input, int batch) {
    float[] noise = noise(input.getName(), (int) Shape.of(sizes(input, batch)).elements());
    if (!input.getDocString().isEmpty()) {
      int end = Integer.parseInt(input.getDocString());
      for (int i = 0; i < noise.length; i++) {
        noise[i] = (int) (Math.abs(noise[i]) * 997) % end;
      }
    }
    return noise;
  }

  /** Numbers between -1 and 1 that look random, away from zero, the same for the same name. */
  static float[] noise(String name, int count) {
    float[] data = new float[count];
    long state = name.hashCode() * 0x9E3779B97F4A7C15L + 1;
    for (int i = 0; i < count; i++) {
      state = state * 6364136223846793005L + 1442695040888963407L;
      float uniform = (state >>> 40) / (float) (1 << 24) * 2 - 1;
      data[i] = uniform + Math.copySign(0.05f, uniform);
    }
    return data;
  }

  private static Shape general(long[] two, long[] three) {
    TensorShapeProto.Builder proto = TensorShapeProto.newBuilder();
    for (int i = 0; i < two.length; i++) {
      var dim = TensorShapeProto.Dimension.newBuilder();
      if (two.length == 0 || two[i] == three[i]) {
        dim.setDimValue(two[i]);
      } else {
        dim.setDimParam(two[i] == 2 ? "batch" : "batch*" + two[i] / 2);
      }
      proto.addDim(dim);
    }
    return Shape.parse(proto.build());
  }

  private static ValueInfoProto info(String name, Shape shape) {
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

  static AttributeProto ints(String name, long... values) {
    return dev.cairn.gradients.graph.GraphWriter.attribute(name, values);
  }

  static AttributeProto integer(String name, long value) {
    return dev.cairn.gradients.graph.GraphWriter.attribute(name, value);
  }

  static AttributeProto number(String name, float value) {
    return dev.cairn.gradients.graph.GraphWriter.attribute(name, value);
  }

  static AttributeProto text(String name, String value) {
    return dev.cairn.gradients.graph.GraphWriter.attribute(name, value);
  }

  /** Operators of a model's nodes. */
  static List<String> operators(ModelProto model) {
    return model.getGraph().getNodeList().stream().map(NodeProto::getOpType).toList();
  }
}
