package dev.cairn.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.cairn.runtime.onnx.OpenTensors;
import java.nio.ByteBuffer;
import java.util.List;

/** Direct memory for one model input, reused from run to run; rows are copied in by position. */
final class InputBuffer {

  private final ModelInput input;
  private final int maxRows;
  private final ByteBuffer memory;

  /** Of a batch; the first axis is its number of rows. */
  private final long[] shape;

  InputBuffer(ModelInput input, int maxRows) {
    this.input = input;
    this.maxRows = maxRows;
    this.shape = batchShape(input.shape());
    int width = input.type() == ModelInput.Type.INT64 ? Long.BYTES : Float.BYTES;
    this.memory = OpenTensors.direct((long) maxRows * input.elements() * width);
  }

  private static long[] batchShape(List<Integer> row) {
    long[] shape = new long[1 + row.size()];
    for (int axis = 0; axis < row.size(); axis++) {
      shape[1 + axis] = row.get(axis);
    }
    return shape;
  }

  /** Stores one row. {@code values} is flattened and as long as a row of this input. */
  void put(int row, float[] values) {
    int elements = input.elements();
    if (values.length != elements) {
      throw new IllegalArgumentException(
          "input %s takes %d values a row (%s), got %d"
              .formatted(input.name(), elements, input.shape(), values.length));
    }
    int start = Math.multiplyExact(row, elements);
    switch (input.type()) {
      case FLOAT32 -> memory.asFloatBuffer().put(start, values);
      case INT64 -> {
        for (int i = 0; i < elements; i++) {
          memory.putLong((start + i) * Long.BYTES, (long) values[i]);
        }
      }
      case INT32 -> {
        for (int i = 0; i < elements; i++) {
          memory.putInt((start + i) * Integer.BYTES, (int) values[i]);
        }
      }
    }
  }

  /** Stores one row of an input that holds one number a row, such as the timestep. */
  void put(int row, long value) {
    if (input.type() == ModelInput.Type.INT64) {
      memory.putLong(row * Long.BYTES, value);
    } else {
      put(row, new float[] {value});
    }
  }

  /** Returns the first {@code rows} rows as a tensor over this memory, without a copy. */
  OnnxTensor tensor(OpenTensors open, int rows) throws OrtException {
    if (rows > maxRows) {
      throw new IllegalArgumentException(rows + " rows do not fit a buffer of " + maxRows);
    }
    long[] dims = shape.clone();
    dims[0] = rows;
    int count = rows * input.elements();
    return switch (input.type()) {
      case FLOAT32 -> open.floats(memory.asFloatBuffer().slice(0, count), dims);
      case INT64 -> open.longs(memory.asLongBuffer().slice(0, count), dims);
      case INT32 -> open.ints(memory.asIntBuffer().slice(0, count), dims);
    };
  }
}
