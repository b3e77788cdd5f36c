package dev.cairn.gradients.graph;

import com.google.protobuf.ByteString;
import dev.cairn.gradients.GradientException;
import dev.cairn.gradients.onnx.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Constants of a graph ⇄ Java arrays. */
public final class Tensors {
  private Tensors() {}

  public static TensorProto floats(String name, float[] data, long... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(data);
    return tensor(name, TensorProto.DataType.FLOAT, bytes, shape);
  }

  public static TensorProto longs(String name, long[] data, long... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(data);
    return tensor(name, TensorProto.DataType.INT64, bytes, shape);
  }

  private static TensorProto tensor(
      String name, TensorProto.DataType type, ByteBuffer bytes, long... shape) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(type.getNumber())
        .addAllDims(Arrays.stream(shape).boxed().toList())
        .setRawData(ByteString.copyFrom(bytes))
        .build();
  }

  /** Elements of an int64 or int32 tensor. */
  public static long[] longs(TensorProto tensor) {
    if (tensor.getDataType() == TensorProto.DataType.INT64.getNumber()) {
      if (tensor.getInt64DataCount() > 0) {
        return tensor.getInt64DataList().stream().mapToLong(Long::longValue).toArray();
      }
      long[] data = new long[tensor.getRawData().size() / 8];
      buffer(tensor).asLongBuffer().get(data);
      return data;
    }
    if (tensor.getDataType() == TensorProto.DataType.INT32.getNumber()) {
      if (tensor.getInt32DataCount() > 0) {
        return tensor.getInt32DataList().stream().mapToLong(Integer::longValue).toArray();
      }
      int[] data = new int[tensor.getRawData().size() / 4];
      buffer(tensor).asIntBuffer().get(data);
      return Arrays.stream(data).asLongStream().toArray();
    }
    throw new GradientException("Constant '" + tensor.getName() + "' does not hold integers");
  }

  /** Elements of a float tensor. */
  public static float[] floats(TensorProto tensor) {
    if (!isFloat(tensor)) {
      throw new GradientException("Constant '" + tensor.getName() + "' does not hold floats");
    }
    float[] data;
    if (tensor.getFloatDataCount() > 0) {
      List<Float> list = tensor.getFloatDataList();
      data = new float[list.size()];
      for (int i = 0; i < data.length; i++) {
        data[i] = list.get(i);
      }
    } else {
      data = new float[tensor.getRawData().size() / 4];
      buffer(tensor).asFloatBuffer().get(data);
    }
    return data;
  }

  /** Whether a tensor's elements are in the model, not in a file beside it. */
  public static boolean isHere(TensorProto tensor) {
    return tensor.getDataLocation() != TensorProto.DataLocation.EXTERNAL;
  }

  public static boolean isFloat(TensorProto tensor) {
    return tensor.getDataType() == TensorProto.DataType.FLOAT.getNumber();
  }

  /** Whether it is of half precision, FP16 or BF16. */
  public static boolean isHalf(TensorProto tensor) {
    return tensor.getDataType() == TensorProto.DataType.FLOAT16.getNumber()
        || tensor.getDataType() == TensorProto.DataType.BFLOAT16.getNumber();
  }

  public static Shape shape(TensorProto tensor) {
    return Shape.of(tensor.getDimsList().stream().mapToLong(Long::longValue).toArray());
  }

  private static ByteBuffer buffer(TensorProto tensor) {
    if (!isHere(tensor)) {
      throw new GradientException(
          "Constant '" + tensor.getName() + "' lies in an external file; it must be loaded first");
    }
    return tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }
}
