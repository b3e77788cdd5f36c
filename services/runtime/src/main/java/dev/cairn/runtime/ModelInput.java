package dev.cairn.runtime;

import java.util.List;

/**
 * One input of a denoiser, one row of it.
 *
 * @param name the name in the ONNX file
 * @param type how its elements are stored
 * @param shape the shape of one row, without the batch axis; empty for a scalar a row
 */
public record ModelInput(String name, Type type, List<Integer> shape) {

  /** Element types that Cairn feeds; values are held as float and converted on the way in. */
  public enum Type {
    FLOAT32,
    INT64,
    INT32
  }

  public ModelInput {
    shape = List.copyOf(shape);
  }

  /** Returns the number of elements of one row. */
  public int elements() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }
}
