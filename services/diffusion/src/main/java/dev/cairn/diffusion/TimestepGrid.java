package dev.cairn.diffusion;

/** Timesteps over which features of training examples are averaged. */
public final class TimestepGrid {
  private TimestepGrid() {}

  /**
   * The midpoints of {@code count} equal strata of [0, trainTimesteps), ascending and distinct. A
   * fixed grid where the reference of Journey-TRAK draws at random: same coverage, no variance.
   *
   * @throws IllegalArgumentException unless 1 ≤ count ≤ trainTimesteps
   */
  public static int[] stratified(int trainTimesteps, int count) {
    if (count < 1 || count > trainTimesteps) {
      throw new IllegalArgumentException(
          "a grid of %d timesteps where 1 to %d are possible".formatted(count, trainTimesteps));
    }
    int[] grid = new int[count];
    for (int i = 0; i < count; i++) {
      grid[i] = (int) ((2L * i + 1) * trainTimesteps / (2L * count));
    }
    return grid;
  }
}
