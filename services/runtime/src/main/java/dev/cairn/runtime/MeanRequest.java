package dev.cairn.runtime;

import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

/**
 * Rows whose features are averaged into one vector. Its rows may travel in different batches and
 * return in any order; the sum is always taken in row order, so that the bits do not depend on it.
 *
 * <p>Rows are made when a worker takes them and summed as soon as all before them are, so that
 * neither lies in memory while it waits.
 */
final class MeanRequest {

  private final int size;
  private final IntFunction<GradientRow> rows;
  private final boolean normalise;
  private final float[][] early;
  private final CompletableFuture<float[]> mean = new CompletableFuture<>();
  private double[] sum;
  private int summed;

  /**
   * @param rows makes row i; called from worker threads
   */
  MeanRequest(int size, IntFunction<GradientRow> rows, boolean normalise) {
    this.size = size;
    this.rows = rows;
    this.normalise = normalise;
    this.early = new float[size][];
  }

  CompletableFuture<float[]> mean() {
    return mean;
  }

  int size() {
    return size;
  }

  GradientRow row(int index) {
    return rows.apply(index);
  }

  /** Takes one row's features; the last one completes the mean. Thread-safe. */
  void complete(int row, float[] feature) {
    float[] average = null;
    synchronized (this) {
      early[row] = feature;
      while (summed < size && early[summed] != null) {
        add(early[summed]);
        early[summed] = null;
        summed++;
        if (summed == size) {
          average = average();
        }
      }
    }
    if (average != null) {
      mean.complete(average);
    }
  }

  void fail(Throwable cause) {
    mean.completeExceptionally(cause);
  }

  private void add(float[] feature) {
    if (sum == null) {
      sum = new double[feature.length];
    }
    double factor = normalise ? inverseNorm(feature) : 1.0;
    for (int k = 0; k < sum.length; k++) {
      sum[k] += factor * feature[k];
    }
  }

  private float[] average() {
    float[] average = new float[sum.length];
    for (int k = 0; k < sum.length; k++) {
      average[k] = (float) (sum[k] / size);
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
