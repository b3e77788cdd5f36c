package dev.cairn.gradients.rules;

import dev.cairn.gradients.ParameterFeatures;

/**
 * The cheaper order of multiplying P_out (rOut × dOut), δ (dOut × positions), a′ (positions × rIn).
 */
final class Contraction {
  private Contraction() {}

  /** What moving an element costs in a transposing product, in multiplications. */
  private static final long TRANSPOSED = 8;

  /**
   * Whether to sum over positions before projecting by P_out.
   *
   * @param transposed whether δ lies in memory as (positions × dOut)
   */
  static boolean positionsFirst(ParameterFeatures layer, long positions, boolean transposed) {
    long first =
        (long) layer.dOut() * positions * (layer.rIn() + (transposed ? TRANSPOSED : 0))
            + (long) layer.rOut() * layer.dOut() * layer.rIn();
    long last =
        (long) layer.rOut() * layer.dOut() * positions
            + (long) layer.rOut() * positions * layer.rIn();
    return first < last;
  }
}
