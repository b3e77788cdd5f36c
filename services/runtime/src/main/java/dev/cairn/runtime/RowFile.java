package dev.cairn.runtime;

import dev.cairn.attribution.NpyException;
import dev.cairn.attribution.NpyRows;
import dev.cairn.runtime.onnx.ModelDigest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Rows of a .npy file that a model takes as one of its inputs: checked for shape and finiteness
 * when opened, so that a bad file is found before hours of work and not in the midst of them. The
 * file is mapped and not loaded; any number of threads may read.
 */
public final class RowFile {

  private final Path file;
  private final NpyRows rows;

  private RowFile(Path file, NpyRows rows) {
    this.file = file;
    this.rows = rows;
  }

  /**
   * Opens a file of rows.
   *
   * @param shape of one row
   * @throws BundleException if the file is missing, has another shape, or holds a value that is not
   *     finite
   */
  public static RowFile open(Path file, List<Integer> shape) {
    if (!Files.isRegularFile(file)) {
      throw new BundleException(
          "%s: no such file; the model takes rows of shape %s".formatted(file, shape));
    }
    NpyRows mapped = map(file);
    List<Integer> found = mapped.shape();
    if (mapped.rows() == 0 || !found.subList(1, found.size()).equals(shape)) {
      throw new BundleException(
          "%s: has shape %s; the model takes rows of shape %s, at least one"
              .formatted(file, found, shape));
    }
    RowFile rows = new RowFile(file, mapped);
    rows.requireFinite();
    return rows;
  }

  private static NpyRows map(Path file) {
    try {
      return NpyRows.open(file);
    } catch (NpyException e) {
      throw new BundleException(e.getMessage(), e);
    }
  }

  private void requireFinite() {
    for (int i = 0; i < rows.rows(); i++) {
      for (float value : rows.row(i)) {
        if (!Float.isFinite(value)) {
          throw new BundleException(
              "%s: row %d holds %s; remove or mend that row".formatted(file, i, value));
        }
      }
    }
  }

  /** Refuses a file that holds fewer or more rows than another. */
  public void requireRows(int expected, String of) {
    if (rows.rows() != expected) {
      throw new BundleException(
          "%s: holds %d rows, %s holds %d; give the same number"
              .formatted(file, rows.rows(), of, expected));
    }
  }

  /** Returns the SHA-256 of the file, hexadecimal. */
  String digest() {
    return ModelDigest.of(file);
  }

  public int rows() {
    return rows.rows();
  }

  /** Returns a copy of row i, flattened. */
  public float[] row(int i) {
    return rows.row(i);
  }
}
