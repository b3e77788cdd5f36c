package dev.cairn.attributor;

import com.google.protobuf.ByteString;
import dev.cairn.schemas.v1.DataType;
import dev.cairn.schemas.v1.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Tensors of half precision, as a producer with a GPU has them. */
final class Halves {
  private Halves() {}

  /** Rounded to FP16, or cut to BF16. */
  static Tensor of(float[] values, DataType type, long... shape) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Short.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putShort(
          type == DataType.FP16
              ? Float.floatToFloat16(value)
              : (short) (Float.floatToRawIntBits(value) >>> 16));
    }
    Tensor.Builder tensor = Tensor.newBuilder().setDataType(type);
    for (long length : shape) {
      tensor.addShape(length);
    }
    return tensor.setData(ByteString.copyFrom(bytes.flip())).build();
  }
}
