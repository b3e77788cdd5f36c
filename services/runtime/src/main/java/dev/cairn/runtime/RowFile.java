package dev.cairn.runtime;

import dev.cairn.attribution.Npy;
import dev.cairn.attribution.NpyArray;
import dev.cairn.attribution.NpyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of a .npy file that a model takes as one of its inputs: checked for shape and finiteness
 * when opened, so that a bad file is found before hours of work and not in the midst of them.
 */
public final class RowFile {

  private final Path file;
  private final int rows;
  private final int elements;
  private final float[] data;

  private RowFile(Path file, int rows, int elements, float[] data) {
    this.file = file;
    this.rows = rows;
    this.elements = elements;
    this.data = data;
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
    NpyArray array = read(file);
    int[] found = array.shape();
    List<Integer> row = Arrays.stream(found).skip(1).boxed().toList();
    if (found.length == 0 || found[0] == 0 || !row.equals(shape)) {
      throw new BundleException(
          "%s: has shape %s; the model takes rows of shape %s, at least one"
              .formatted(file, Arrays.toString(found), shape));
    }
    RowFile rows = new RowFile(file, found[0], array.data().length / found[0], array.data());
    rows.requireFinite();
    return rows;
  }

  /** The same of images: bytes 0..255 are scaled to the −1..1 that pixel models take. */
  static RowFile openImages(Path file, List<Integer> shape) {
    RowFile rows = open(file, shape);
    if (Npy.holdsBytes(file)) {
      for (int i = 0; i < rows.data.length; i++) {
        rows.data[i] = rows.data[i] / 127.5f - 1;
      }
    }
    return rows;
  }

  private static NpyArray read(Path file) {
    try {
      return Npy.readFloats(file);
    } catch (NpyException e) {
      throw new BundleException(e.getMessage(), e);
    }
  }

  private void requireFinite() {
    for (int i = 0; i < data.length; i++) {
      if (!Float.isFinite(data[i])) {
        throw new BundleException(
            "%s: row %d holds %s; remove or mend that row".formatted(file, i / elements, data[i]));
      }
    }
  }

  /** Refuses a file that holds fewer or more rows than another. */
  public void requireRows(int expected, String of) {
    if (rows != expected) {
      throw new BundleException(
          "%s: holds %d rows, %s holds %d; give the same number"
              .formatted(file, rows, of, expected));
    }
  }

  /** Returns the SHA-256 of the file, hexadecimal. */
  String digest() {
    return DenoiserModel.sha256(file);
  }

  public int rows() {
    return rows;
  }

  /** Returns a copy of row i, flattened. */
  public float[] row(int i) {
    return Arrays.copyOfRange(data, i * elements, (i + 1) * elements);
  }
}
