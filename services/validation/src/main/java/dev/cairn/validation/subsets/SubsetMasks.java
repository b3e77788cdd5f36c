package dev.cairn.validation.subsets;

import dev.cairn.attribution.Npy;
import dev.cairn.attribution.NpyException;
import dev.cairn.attribution.NpyIntegers;
import dev.cairn.diffusion.CounterRandom;
import dev.cairn.validation.ValidationException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Which examples each retrained model saw: m × n truth values. */
public final class SubsetMasks {
  /** With fewer models a rank correlation says nothing. */
  public static final int FEWEST = 8;

  private final boolean[][] masks;

  private SubsetMasks(boolean[][] masks) {
    this.masks = masks;
  }

  /**
   * Random subsets of the same size, each of its own draw.
   *
   * @param share α, of the examples that a model sees
   */
  public static SubsetMasks random(int count, int examples, double share, long seed) {
    int size = (int) Math.round(share * examples);
    if (size < 1 || size >= examples) {
      throw new ValidationException(
          "a share of %s of %d examples leaves no subset; choose one between 0 and 1"
              .formatted(share, examples));
    }
    requireEnough(count, "the number of subsets");
    CounterRandom random = new CounterRandom(seed, "validation/subsets");
    boolean[][] masks = new boolean[count][examples];
    for (int j = 0; j < count; j++) {
      for (int i : Arrays.copyOf(random.permutation(j, examples), size)) {
        masks[j][i] = true;
      }
    }
    return new SubsetMasks(masks);
  }

  /** Subsets that leave out the given examples, one list a model. */
  public static SubsetMasks without(int examples, int[][] removed) {
    boolean[][] masks = new boolean[removed.length][examples];
    for (int j = 0; j < removed.length; j++) {
      Arrays.fill(masks[j], true);
      for (int i : removed[j]) {
        masks[j][i] = false;
      }
    }
    return new SubsetMasks(masks);
  }

  /**
   * Reads masks that were made elsewhere.
   *
   * @param examples n, as many as there are scores a query
   * @throws ValidationException if the file has another shape, too few rows, or a row that is empty
   *     or full
   */
  public static SubsetMasks read(Path file, int examples) {
    NpyIntegers array = integers(file);
    int[] shape = array.shape();
    if (shape.length != 2 || shape[1] != examples) {
      throw new ValidationException(
          "%s: has shape %s; masks are models × examples, and there are %d examples"
              .formatted(file, Arrays.toString(shape), examples));
    }
    requireEnough(shape[0], file.toString());
    boolean[][] masks = new boolean[shape[0]][examples];
    for (int j = 0; j < shape[0]; j++) {
      int size = 0;
      for (int i = 0; i < examples; i++) {
        masks[j][i] = array.data()[j * examples + i] != 0;
        size += masks[j][i] ? 1 : 0;
      }
      if (size == 0 || size == examples) {
        throw new ValidationException(
            "%s: row %d is %s; a subset has some of the examples"
                .formatted(file, j, size == 0 ? "empty" : "full"));
      }
    }
    return new SubsetMasks(masks);
  }

  private static NpyIntegers integers(Path file) {
    try {
      return Npy.readIntegers(file);
    } catch (NpyException e) {
      throw new ValidationException(e.getMessage(), e);
    }
  }

  private static void requireEnough(int count, String where) {
    if (count < FEWEST) {
      throw new ValidationException(
          "%s: %d subsets are too few for a rank correlation; give at least %d, better 48"
              .formatted(where, count, FEWEST));
    }
  }

  /** Whether a file that was written holds these masks. */
  public boolean matches(Path file) {
    long[] flat = integers(file).data();
    return flat.length == count() * examples()
        && IntStream.range(0, flat.length)
            .allMatch(at -> (flat[at] != 0) == masks[at / examples()][at % examples()]);
  }

  public void write(Path file) {
    boolean[] flat = new boolean[count() * examples()];
    for (int j = 0; j < count(); j++) {
      System.arraycopy(masks[j], 0, flat, j * examples(), examples());
    }
    Npy.writeBooleans(file, new int[] {count(), examples()}, flat);
  }

  /** m. */
  public int count() {
    return masks.length;
  }

  /** n. */
  public int examples() {
    return masks[0].length;
  }

  /** Examples that model j saw, ascending. */
  public int[] indices(int j) {
    return IntStream.range(0, examples()).filter(i -> masks[j][i]).toArray();
  }

  /** The same of all models. */
  public int[][] indices() {
    return IntStream.range(0, count()).mapToObj(this::indices).toArray(int[][]::new);
  }
}
