package dev.cairn.validation.lds;

import dev.cairn.attribution.Metrics;
import java.util.stream.IntStream;

/**
 * What scores say of retrained models, and what those did.
 *
 * @param predicted query × subset: sums of the subset's scores
 * @param measured query × subset: negative losses
 */
record Predictions(double[][] predicted, double[][] measured) {

  /** Rank correlation of each query over the subsets; 0 where a side is all equal. */
  double[] lds() {
    return IntStream.range(0, predicted.length)
        .mapToDouble(q -> Metrics.spearman(predicted[q], measured[q]))
        .map(value -> Double.isNaN(value) ? 0 : value)
        .toArray();
  }
}
