package dev.cairn.gradients.rules;

import dev.cairn.gradients.ParameterFeatures;

/**
 * The cheaper order of multiplying P_out (rOut × dOut), δ (dOut × positions), a′ (positions × rIn).
 */
final class Contraction {
  private Contraction() {}

  /** Whether to sum over positions before projecting by P_out. */
  static boolean positionsFirst(ParameterFeatures layer, long positions) {
    long first =
        (long) layer.dOut() * positions * layer.rIn()
            + (long) layer.rOut() * layer.dOut() * layer.rIn();
    long last =
        (long) layer.rOut() * layer.dOut() * positions
            + (long) layer.rOut() * positions * layer.rIn();
    return first < last;
  }
}
