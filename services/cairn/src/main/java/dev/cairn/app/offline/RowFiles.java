package dev.cairn.app.offline;

import dev.cairn.app.CommandFailure;
import dev.cairn.attribution.Npy;
import dev.cairn.attribution.NpyArray;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * Reads .npy files whose first axis counts rows, and checks that they fit what is asked of them.
 */
final class RowFiles {

  private RowFiles() {}

  /**
   * The rows of a file.
   *
   * @param rowShape shape that each row must have; a scalar a row may carry a further axis of 1
   * @param expectedRows number of rows that other files have, if known
   * @return rows × elements
   * @throws CommandFailure if the file is missing, of another shape, or not finite
   */
  static float[][] read(Path file, List<Integer> rowShape, OptionalInt expectedRows) {
    if (!Files.isRegularFile(file)) {
      throw new CommandFailure(
          "%s: no such file; it must hold float32 rows shaped %s".formatted(file, shown(rowShape)));
    }
    NpyArray array = Npy.readFloats(file);
    int[] shape = array.shape();
    int elements = rowShape.stream().reduce(1, Math::multiplyExact);
    boolean fits = shape.length == rowShape.size() + 1;
    for (int axis = 0; fits && axis < rowShape.size(); axis++) {
      fits = shape[axis + 1] == rowShape.get(axis);
    }
    fits |= rowShape.isEmpty() && shape.length == 2 && shape[1] == 1;
    if (!fits) {
      throw new CommandFailure(
          "%s: has shape %s, but rows × %s is needed"
              .formatted(file, Arrays.toString(shape), shown(rowShape)));
    }
    int rows = shape[0];
    if (rows == 0) {
      throw new CommandFailure(file + ": holds no rows");
    }
    if (expectedRows.isPresent() && expectedRows.getAsInt() != rows) {
      throw new CommandFailure(
          "%s: has %d rows, but the files before it have %d"
              .formatted(file, rows, expectedRows.getAsInt()));
    }
    float[][] split = new float[rows][elements];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(array.data(), row * elements, split[row], 0, elements);
      requireFinite(file, row, split[row]);
    }
    return split;
  }

  private static void requireFinite(Path file, int row, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new CommandFailure(
            "%s: element %d of row %d is %s; every value must be finite"
                .formatted(file, i, row, values[i]));
      }
    }
  }

  private static String shown(List<Integer> rowShape) {
    return rowShape.isEmpty() ? "[] (one number a row)" : rowShape.toString();
  }
}
