package dev.cairn.runtime.compile;

import com.google.protobuf.ByteString;
import dev.cairn.gradients.graph.GraphWriter;
import dev.cairn.gradients.onnx.AttributeProto;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.NodeProto;
import dev.cairn.gradients.onnx.TensorProto;
import dev.cairn.gradients.onnx.TensorProto.DataType;
import dev.cairn.gradients.onnx.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Turns a model of half precision (FP16, BF16) into the same model in single precision.
 *
 * <p>Its weights keep their values; sums and products are no longer rounded to half precision.
 * Gradients want that: in FP16 they would underflow, and CPUs compute FP16 by way of FP32 anyway.
 * Weights that lie outside the model stay as they are: a node casts each when it is used.
 */
public final class SinglePrecision {
  private static final Set<Integer> HALVES =
      Set.of(DataType.FLOAT16.getNumber(), DataType.BFLOAT16.getNumber());

  private static final int FLOAT = DataType.FLOAT.getNumber();

  /** Attributes that name an element type. */
  private static final Set<String> TYPE_ATTRIBUTES = Set.of("to", "dtype", "stash_type");

  private SinglePrecision() {}

  /** Whether an element type is one of half precision. */
  public static boolean isHalf(int elementType) {
    return HALVES.contains(elementType);
  }

  /** The model itself if nothing in it is of half precision. */
  public static ModelProto of(ModelProto model) {
    return usesHalves(model.getGraph())
        ? model.toBuilder().setGraph(graph(model.getGraph())).build()
        : model;
  }

  private static boolean usesHalves(GraphProto graph) {
    return graph.getInitializerList().stream().anyMatch(t -> isHalf(t.getDataType()))
        || graph.getInputList().stream()
            .anyMatch(i -> isHalf(i.getType().getTensorType().getElemType()))
        || graph.getNodeList().stream()
            .flatMap(n -> n.getAttributeList().stream())
            .anyMatch(a -> isHalf(a.getT().getDataType()) || namesHalf(a));
  }

  private static boolean namesHalf(AttributeProto attribute) {
    return TYPE_ATTRIBUTES.contains(attribute.getName()) && isHalf((int) attribute.getI());
  }

  private static GraphProto graph(GraphProto graph) {
    GraphProto.Builder single =
        graph.toBuilder()
            .clearNode()
            .clearInitializer()
            .clearValueInfo()
            .clearInput()
            .clearOutput();
    Map<String, String> casts = new HashMap<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      if (isExternalHalf(tensor)) {
        NodeProto cast = cast(tensor.getName());
        casts.put(tensor.getName(), cast.getOutput(0));
        single.addNode(cast).addInitializer(tensor);
      } else {
        single.addInitializer(tensor(tensor));
      }
    }
    graph.getNodeList().forEach(node -> single.addNode(reading(node(node), casts)));
    graph.getInputList().forEach(input -> single.addInput(info(input)));
    graph.getOutputList().forEach(output -> single.addOutput(info(output)));
    return single.build();
  }

  private static boolean isExternalHalf(TensorProto tensor) {
    return isHalf(tensor.getDataType())
        && tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
  }

  private static NodeProto cast(String weight) {
    return NodeProto.newBuilder()
        .setOpType("Cast")
        .setName(weight + "/single")
        .addInput(weight)
        .addOutput(weight + "/single")
        .addAttribute(GraphWriter.attribute("to", FLOAT))
        .build();
  }

  private static NodeProto reading(NodeProto node, Map<String, String> instead) {
    NodeProto.Builder reading = node.toBuilder();
    for (int i = 0; i < node.getInputCount(); i++) {
      reading.setInput(i, instead.getOrDefault(node.getInput(i), node.getInput(i)));
    }
    return reading.build();
  }

  private static NodeProto node(NodeProto node) {
    NodeProto.Builder single = node.toBuilder().clearAttribute();
    for (AttributeProto attribute : node.getAttributeList()) {
      AttributeProto.Builder changed = attribute.toBuilder();
      if (attribute.hasT()) {
        changed.setT(tensor(attribute.getT()));
      } else if (attribute.hasG()) {
        changed.setG(graph(attribute.getG()));
      } else if (namesHalf(attribute)) {
        changed.setI(FLOAT);
      }
      single.addAttribute(changed);
    }
    return single.build();
  }

  private static ValueInfoProto info(ValueInfoProto info) {
    if (!isHalf(info.getType().getTensorType().getElemType())) {
      return info;
    }
    ValueInfoProto.Builder single = info.toBuilder();
    single.getTypeBuilder().getTensorTypeBuilder().setElemType(FLOAT);
    return single.build();
  }

  /** The tensor with elements of single precision; itself if it has such. */
  public static TensorProto tensor(TensorProto tensor) {
    if (!isHalf(tensor.getDataType())) {
      return tensor;
    }
    boolean brain = tensor.getDataType() == DataType.BFLOAT16.getNumber();
    short[] halves = bits(tensor);
    ByteBuffer bytes = ByteBuffer.allocate(4 * halves.length).order(ByteOrder.LITTLE_ENDIAN);
    for (short half : halves) {
      bytes.putFloat(brain ? Float.intBitsToFloat(half << 16) : Float.float16ToFloat(half));
    }
    return tensor.toBuilder()
        .setDataType(FLOAT)
        .clearInt32Data()
        .clearDataLocation()
        .setRawData(ByteString.copyFrom(bytes.flip()))
        .build();
  }

  private static short[] bits(TensorProto tensor) {
    short[] bits;
    if (tensor.getInt32DataCount() > 0) {
      bits = new short[tensor.getInt32DataCount()];
      for (int i = 0; i < bits.length; i++) {
        bits[i] = (short) tensor.getInt32Data(i);
      }
    } else {
      bits = new short[tensor.getRawData().size() / 2];
      tensor
          .getRawData()
          .asReadOnlyByteBuffer()
          .order(ByteOrder.LITTLE_ENDIAN)
          .asShortBuffer()
          .get(bits);
    }
    return bits;
  }
}
