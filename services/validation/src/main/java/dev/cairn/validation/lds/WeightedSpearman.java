package dev.cairn.validation.lds;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The rank correlation of two variables where each observation counts several times, in time linear
 * in their number: both orders are found once.
 */
final class WeightedSpearman {
  private final double[] a;
  private final double[] b;
  private final int[] orderA;
  private final int[] orderB;
  private final double[] ranksA;
  private final double[] ranksB;

  WeightedSpearman(double[] a, double[] b) {
    this.a = a;
    this.b = b;
    this.orderA = order(a);
    this.orderB = order(b);
    this.ranksA = new double[a.length];
    this.ranksB = new double[b.length];
  }

  private static int[] order(double[] values) {
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> values[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /**
   * @param times how often each observation counts
   * @return the correlation of average ranks; 0 where a side is all equal
   */
  double of(int[] times) {
    rank(a, orderA, times, ranksA);
    rank(b, orderB, times, ranksB);
    int total = IntStream.of(times).sum();
    double mean = (total + 1) / 2.0;
    double covariance = 0;
    double varianceA = 0;
    double varianceB = 0;
    for (int i = 0; i < times.length; i++) {
      double fromA = ranksA[i] - mean;
      double fromB = ranksB[i] - mean;
      covariance += times[i] * fromA * fromB;
      varianceA += times[i] * fromA * fromA;
      varianceB += times[i] * fromB * fromB;
    }
    return varianceA > 0 && varianceB > 0 ? covariance / Math.sqrt(varianceA * varianceB) : 0;
  }

  /** Equal values share the mean of the ranks that all their repetitions take. */
  private static void rank(double[] values, int[] order, int[] times, double[] ranks) {
    double before = 0;
    for (int start = 0; start < order.length; ) {
      int end = start;
      int count = 0;
      while (end < order.length && values[order[end]] == values[order[start]]) {
        count += times[order[end++]];
      }
      for (int i = start; i < end; i++) {
        ranks[order[i]] = before + (count + 1) / 2.0;
      }
      before += count;
      start = end;
    }
  }
}
