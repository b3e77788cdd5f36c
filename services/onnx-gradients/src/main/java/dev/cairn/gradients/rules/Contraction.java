package dev.cairn.gradients.rules;

import dev.cairn.gradients.ParameterFeatures;

/**
 * The cheaper order of multiplying P_out (rOut × dOut), δ (dOut × positions), a′ (positions × rIn).
 */
final class Contraction {
  private Contraction() {}

  /** What moving an element costs, in multiplications. */
  private static final long MOVED = 8;

  /**
   * Whether to sum over positions before projecting by P_out.
   *
   * <p>A product that transposes δ moves it, and so does one that has it on the right: the runtime
   * packs right operands, row by row of the batch.
   *
   * @param transposed whether δ lies in memory as (positions × dOut)
   */
  static boolean positionsFirst(ParameterFeatures layer, long positions, boolean transposed) {
    long first =
        (long) layer.dOut() * positions * (layer.rIn() + (transposed ? MOVED : 0))
            + (long) layer.rOut() * layer.dOut() * layer.rIn();
    long last =
        (layer.rOut() + (transposed ? 0 : MOVED)) * layer.dOut() * positions
            + (long) layer.rOut() * positions * layer.rIn();
    return first < last;
  }
}
