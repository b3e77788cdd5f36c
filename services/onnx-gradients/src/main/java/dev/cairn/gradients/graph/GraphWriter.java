package dev.cairn.gradients.graph;

import com.google.protobuf.ByteString;
import dev.cairn.gradients.onnx.AttributeProto;
import dev.cairn.gradients.onnx.NodeProto;
import dev.cairn.gradients.onnx.TensorProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Collects the nodes and constants that the backward pass adds to a forward graph. */
public final class GraphWriter {
  private final List<NodeProto> nodes = new ArrayList<>();
  private final Map<TensorProto, String> constants = new HashMap<>();
  private final List<TensorProto> constantsInOrder = new ArrayList<>();
  private String scope = "";
  private int count;

  public List<NodeProto> nodes() {
    return nodes;
  }

  public List<TensorProto> constants() {
    return constantsInOrder;
  }

  /** Names what follows after the forward node that it belongs to, for readers of profiles. */
  public void scope(String name) {
    scope = name;
  }

  /** Adds a node with one output of a fresh name, which is returned. */
  public String node(String operator, List<String> inputs, AttributeProto... attributes) {
    String output = "cairn/%s/%s_%d".formatted(scope, operator, count++);
    nodes.add(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(output)
            .addAllInput(inputs)
            .addOutput(output)
            .addAllAttribute(Arrays.asList(attributes))
            .build());
    return output;
  }

  /** Adds a node whose output has a given name. */
  public void named(String output, String operator, String... inputs) {
    nodes.add(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(output)
            .addAllInput(Arrays.asList(inputs))
            .addOutput(output)
            .build());
  }

  /** Adds an int64 vector, or finds an equal one. */
  public String longs(long... data) {
    return constant(Tensors.longs("", data, data.length));
  }

  /** Adds a float constant, or finds an equal one. */
  public Value floats(float[] data, long... shape) {
    return new Value(constant(Tensors.floats("", data, shape)), Shape.of(shape));
  }

  public Value scalar(double value) {
    return floats(new float[] {(float) value});
  }

  private String constant(TensorProto unnamed) {
    return constants.computeIfAbsent(
        unnamed,
        t -> {
          String name = "cairn/constant_" + constantsInOrder.size();
          constantsInOrder.add(t.toBuilder().setName(name).build());
          return name;
        });
  }

  public static AttributeProto attribute(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  public static AttributeProto attribute(String name, float value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.FLOAT)
        .setF(value)
        .build();
  }

  public static AttributeProto attribute(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  public static AttributeProto attribute(String name, long[] values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INTS)
        .addAllInts(Arrays.stream(values).boxed().toList())
        .build();
  }
}
