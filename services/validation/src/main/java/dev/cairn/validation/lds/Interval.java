package dev.cairn.validation.lds;

import dev.cairn.diffusion.CounterRandom;
import java.util.Arrays;

/**
 * A mean over queries with its 95 % bootstrap interval (percentiles, queries drawn anew).
 *
 * @param count of queries
 */
public record Interval(double mean, double low, double high, int count) {
  private static final int RESAMPLES = 2000;

  /** Of one value a query; the same values give the same interval. */
  public static Interval of(double[] values) {
    int n = values.length;
    CounterRandom random = new CounterRandom(n, "validation/bootstrap");
    double[] means = new double[RESAMPLES];
    for (int r = 0; r < RESAMPLES; r++) {
      for (int i = 0; i < n; i++) {
        means[r] += values[random.below((long) r * n + i, n)] / n;
      }
    }
    Arrays.sort(means);
    double mean = Arrays.stream(values).sum() / n;
    return new Interval(mean, means[RESAMPLES / 40], means[RESAMPLES - 1 - RESAMPLES / 40], n);
  }
}
