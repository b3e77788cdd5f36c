package dev.cairn.runtime;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Rows whose features are averaged into one vector. Its rows may travel in different batches and
 * return in any order; the sum is always taken in row order, so that the bits do not depend on it.
 */
final class MeanRequest {

  private final List<GradientRow> rows;
  private final boolean normalise;
  private final float[][] features;
  private final AtomicInteger missing;
  private final CompletableFuture<float[]> mean = new CompletableFuture<>();

  MeanRequest(List<GradientRow> rows, boolean normalise) {
    this.rows = List.copyOf(rows);
    this.normalise = normalise;
    this.features = new float[rows.size()][];
    this.missing = new AtomicInteger(rows.size());
  }

  CompletableFuture<float[]> mean() {
    return mean;
  }

  int size() {
    return rows.size();
  }

  GradientRow row(int index) {
    return rows.get(index);
  }

  /** Takes one row's features; the last one completes the mean. Thread-safe for distinct rows. */
  void complete(int row, float[] feature) {
    features[row] = feature;
    if (missing.decrementAndGet() == 0) {
      mean.complete(average());
    }
  }

  void fail(Throwable cause) {
    mean.completeExceptionally(cause);
  }

  private float[] average() {
    double[] sum = new double[features[0].length];
    for (float[] feature : features) {
      double factor = normalise ? inverseNorm(feature) : 1.0;
      for (int k = 0; k < sum.length; k++) {
        sum[k] += factor * feature[k];
      }
    }
    float[] average = new float[sum.length];
    for (int k = 0; k < sum.length; k++) {
      average[k] = (float) (sum[k] / features.length);
    }
    return average;
  }

  /** A zero gradient has no direction; it stays zero instead of turning into NaN. */
  private static double inverseNorm(float[] feature) {
    double squares = 0;
    for (float value : feature) {
      squares += (double) value * value;
    }
    return squares == 0 ? 0 : 1 / Math.sqrt(squares);
  }
}
