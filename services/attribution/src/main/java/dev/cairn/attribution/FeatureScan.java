package dev.cairn.attribution;

import java.util.List;

/** One pass over the features before they are fitted: are they finite, and how large are they. */
record FeatureScan(double sumOfSquares) {

  /**
   * Reads every row.
   *
   * @throws IndexException naming the first example with a feature that is not finite
   */
  static FeatureScan of(MappedMatrix features, List<Example> examples) {
    float[] row = new float[features.columns()];
    double total = 0;
    for (int i = 0; i < features.rows(); i++) {
      features.row(i, row);
      Finite.check(row, 0, row.length, examples.get(i), i);
      double sum = 0;
      for (float value : row) {
        sum += (double) value * value;
      }
      total += sum;
    }
    return new FeatureScan(total);
  }

  /** The mean non-trivial eigenvalue of ΦᵀΦ: its trace over min(n, K). */
  double meanEigenvalue(MappedMatrix features) {
    return sumOfSquares / Math.min(features.rows(), features.columns());
  }
}
