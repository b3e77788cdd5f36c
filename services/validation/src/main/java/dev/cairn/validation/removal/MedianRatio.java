package dev.cairn.validation.removal;

import dev.cairn.diffusion.CounterRandom;
import dev.cairn.validation.lds.Interval;
import dev.cairn.validation.removal.RemovalResult.Quartiles;
import java.util.Arrays;
import java.util.List;

/** The ratio of two medians over the same queries, with its bootstrap interval over queries. */
final class MedianRatio {
  private static final int RESAMPLES = 2000;

  private MedianRatio() {}

  static Interval of(List<Double> above, List<Double> below) {
    int size = above.size();
    CounterRandom random = new CounterRandom(1, "validation/ratio");
    double[] ratios = new double[RESAMPLES];
    for (int r = 0; r < RESAMPLES; r++) {
      int[] drawn = new int[size];
      for (int i = 0; i < size; i++) {
        drawn[i] = random.below((long) r * size + i, size);
      }
      ratios[r] = median(above, drawn) / median(below, drawn);
    }
    Arrays.sort(ratios);
    int[] all = new int[size];
    Arrays.setAll(all, i -> i);
    return new Interval(
        median(above, all) / median(below, all),
        ratios[RESAMPLES / 40],
        ratios[RESAMPLES - 1 - RESAMPLES / 40],
        size);
  }

  private static double median(List<Double> values, int[] some) {
    return Quartiles.median(Arrays.stream(some).mapToDouble(values::get).toArray());
  }
}
