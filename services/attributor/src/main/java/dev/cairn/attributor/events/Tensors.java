package dev.cairn.attributor.events;

import static dev.cairn.schemas.v1.DeadLetterClass.MALFORMED;
import static dev.cairn.schemas.v1.DeadLetterClass.NOT_FINITE;
import static dev.cairn.schemas.v1.DeadLetterClass.TOO_LARGE;
import static dev.cairn.schemas.v1.DeadLetterClass.WRONG_SHAPE;

import com.google.protobuf.UnsafeByteOperations;
import dev.cairn.schemas.v1.DataType;
import dev.cairn.schemas.v1.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Wire tensors ⇄ row-major float arrays. Everything that the wire claims (shape, type, length) is
 * checked before memory is taken for the result.
 */
public final class Tensors {
  private static final int LARGEST_RANK = 16;

  /** Whole numbers up to here are exact in a float. */
  private static final long EXACT_IN_FLOAT = 1 << 24;

  private Tensors() {}

  /** A tensor of FP32; the array's length must be the product of the shape. */
  public static Tensor of(float[] values, int... shape) {
    long elements = 1;
    Tensor.Builder tensor = Tensor.newBuilder().setDataType(DataType.FP32);
    for (int dimension : shape) {
      elements *= dimension;
      tensor.addShape(dimension);
    }
    if (elements != values.length) {
      throw new IllegalArgumentException(
          "%d values do not fill %s".formatted(values.length, shapeOf(tensor.getShapeList())));
    }
    byte[] bytes = new byte[Math.multiplyExact(values.length, Float.BYTES)];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    return tensor.setData(UnsafeByteOperations.unsafeWrap(bytes)).build();
  }

  /**
   * The values of a tensor whose shape is known.
   *
   * @param name what the reasons call it
   * @throws RejectedException wrong-shape naming both shapes; malformed for an unknown data type or
   *     bytes that do not fill the shape; not-finite naming the first such element
   */
  public static float[] floats(String name, Tensor tensor, int... expected) {
    List<Long> got = tensor.getShapeList();
    boolean same = got.size() == expected.length;
    for (int i = 0; same && i < expected.length; i++) {
      same = got.get(i) == expected[i];
    }
    if (!same) {
      boolean batched =
          got.size() == expected.length + 1
              && got.getFirst() == 1
              && shapeOf(got.subList(1, got.size())).equals(shapeOf(expected));
      throw new RejectedException(
          WRONG_SHAPE,
          "%s: expected shape %s, got %s%s"
              .formatted(
                  name,
                  shapeOf(expected),
                  shapeOf(got),
                  batched ? "; leave out the batch axis" : ""));
    }
    return decode(name, tensor, Integer.MAX_VALUE);
  }

  /**
   * The values of a tensor of any shape with at most {@code maxElements} elements.
   *
   * @throws RejectedException as {@link #floats}, and too-large
   */
  public static float[] floatsOfAnyShape(String name, Tensor tensor, int maxElements) {
    return decode(name, tensor, maxElements);
  }

  private static float[] decode(String name, Tensor tensor, int maxElements) {
    int elements = elements(name, tensor.getShapeList(), maxElements);
    int width =
        switch (tensor.getDataType()) {
          case FP32 -> 4;
          case FP16, BF16 -> 2;
          case INT64 -> 8;
          case DATA_TYPE_UNSPECIFIED, UNRECOGNIZED ->
              throw new RejectedException(
                  MALFORMED,
                  "%s: data_type is %d; expected FP32, FP16, BF16 or INT64"
                      .formatted(name, tensor.getDataTypeValue()));
        };
    if (tensor.getData().size() != (long) elements * width) {
      throw new RejectedException(
          MALFORMED,
          "%s: %s of %s takes %d bytes, got %d"
              .formatted(
                  name,
                  shapeOf(tensor.getShapeList()),
                  tensor.getDataType(),
                  (long) elements * width,
                  tensor.getData().size()));
    }
    float[] values = new float[elements];
    ByteBuffer data = tensor.getData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    switch (tensor.getDataType()) {
      case FP32 -> data.asFloatBuffer().get(values);
      case FP16 -> {
        for (int i = 0; i < elements; i++) {
          values[i] = Float.float16ToFloat(data.getShort());
        }
      }
      case BF16 -> {
        for (int i = 0; i < elements; i++) {
          values[i] = Float.intBitsToFloat(data.getShort() << 16);
        }
      }
      default -> {
        for (int i = 0; i < elements; i++) {
          values[i] = exact(name, i, data.getLong());
        }
      }
    }
    requireFinite(name, tensor.getShapeList(), values);
    return values;
  }

  private static int elements(String name, List<Long> shape, int maxElements) {
    if (shape.size() > LARGEST_RANK) {
      throw new RejectedException(
          WRONG_SHAPE,
          "%s: %d dimensions; at most %d are accepted".formatted(name, shape.size(), LARGEST_RANK));
    }
    long elements = 1;
    for (long dimension : shape) {
      if (dimension < 0) {
        throw new RejectedException(
            WRONG_SHAPE, "%s: negative dimension in %s".formatted(name, shapeOf(shape)));
      }
      // Both factors are below 2^31 when this is reached, so the product cannot overflow.
      if (dimension > maxElements || elements * dimension > maxElements) {
        throw new RejectedException(
            TOO_LARGE,
            "%s: %s has more than %d elements".formatted(name, shapeOf(shape), maxElements));
      }
      elements *= dimension;
    }
    return (int) elements;
  }

  private static float exact(String name, int index, long value) {
    if (value > EXACT_IN_FLOAT || value < -EXACT_IN_FLOAT) {
      throw new RejectedException(
          MALFORMED,
          "%s: element %d is %d; whole numbers beyond ±2^24 are not exact in the model's float32"
              .formatted(name, index, value));
    }
    return value;
  }

  private static void requireFinite(String name, List<Long> shape, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new RejectedException(
            NOT_FINITE, "%s: element %s is %s".formatted(name, coordinates(i, shape), values[i]));
      }
    }
  }

  private static String coordinates(int flat, List<Long> shape) {
    long[] position = new long[shape.size()];
    long rest = flat;
    for (int axis = shape.size() - 1; axis >= 0; axis--) {
      position[axis] = rest % shape.get(axis);
      rest /= shape.get(axis);
    }
    return Arrays.toString(position);
  }

  private static String shapeOf(int[] shape) {
    return Arrays.toString(shape);
  }

  private static String shapeOf(List<Long> shape) {
    return shape.size() > LARGEST_RANK
        ? "%d dimensions".formatted(shape.size())
        : shape.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
  }
}
