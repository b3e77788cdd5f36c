package dev.cairn.validation.lds;

import dev.cairn.diffusion.CounterRandom;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Draws queries and subsets anew, each with replacement, and takes the mean LDS again (Owen 2007,
 * "The pigeonhole bootstrap"). Resampling queries alone would take the retrained models for fixed:
 * all queries are judged by the same few models, so that their correlations err together. The
 * interval errs on the wide side.
 *
 * <p>Seeded: the r-th resample draws the same subsets and queries for every method, so that
 * differences of methods can be taken resample by resample.
 */
final class PigeonholeBootstrap {
  private static final int RESAMPLES = 2000;
  private static final long SEED = 1;

  private PigeonholeBootstrap() {}

  /**
   * @param queries of the predictions that are meant
   * @return mean LDS of each resample
   */
  static double[] means(Predictions predictions, int[] queries) {
    int models = predictions.predicted()[0].length;
    WeightedSpearman[] correlations =
        IntStream.of(queries)
            .mapToObj(
                q -> new WeightedSpearman(predictions.predicted()[q], predictions.measured()[q]))
            .toArray(WeightedSpearman[]::new);
    CounterRandom subsetDraws = new CounterRandom(SEED, "validation/bootstrap-subsets");
    CounterRandom queryDraws = new CounterRandom(SEED, "validation/bootstrap-queries");
    double[] means = new double[RESAMPLES];
    for (int r = 0; r < RESAMPLES; r++) {
      int[] subsetTimes = times(subsetDraws, r, models);
      int[] queryTimes = times(queryDraws, r, queries.length);
      for (int q = 0; q < queries.length; q++) {
        if (queryTimes[q] > 0) {
          means[r] += queryTimes[q] * correlations[q].of(subsetTimes) / queries.length;
        }
      }
    }
    return means;
  }

  /** How often each of {@code size} things is drawn in {@code size} draws. */
  private static int[] times(CounterRandom random, int resample, int size) {
    int[] times = new int[size];
    for (int draw = 0; draw < size; draw++) {
      times[random.below((long) resample * size + draw, size)]++;
    }
    return times;
  }

  /** The mean and the middle 95 % of the resamples. */
  static Interval interval(double mean, double[] resampled, int count) {
    double[] sorted = resampled.clone();
    Arrays.sort(sorted);
    int tail = sorted.length / 40;
    return new Interval(mean, sorted[tail], sorted[sorted.length - 1 - tail], count);
  }
}
