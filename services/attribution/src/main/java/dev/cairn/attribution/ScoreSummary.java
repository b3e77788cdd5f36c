package dev.cairn.attribution;

import java.util.List;
import java.util.stream.IntStream;

/**
 * All scores in a few numbers, so that nothing outside the top lists is silently dropped.
 *
 * @param histogram counts in equal bins from min to max, both included
 */
public record ScoreSummary(
    int count, double sum, double sumOfSquares, float min, float max, List<Integer> histogram) {

  public ScoreSummary {
    histogram = List.copyOf(histogram);
  }

  /**
   * Summarises scores.
   *
   * @param scores at least one
   * @param bins of the histogram, at least one
   */
  public static ScoreSummary of(float[] scores, int bins) {
    if (scores.length == 0 || bins < 1) {
      throw new IllegalArgumentException(
          "cannot summarise %d scores in %d bins".formatted(scores.length, bins));
    }
    double sum = 0;
    double sumOfSquares = 0;
    float min = scores[0];
    float max = scores[0];
    for (float score : scores) {
      sum += score;
      sumOfSquares += (double) score * score;
      min = Math.min(min, score);
      max = Math.max(max, score);
    }
    int[] histogram = new int[bins];
    double width = ((double) max - min) / bins;
    for (float score : scores) {
      int bin = width > 0 ? (int) (((double) score - min) / width) : 0;
      histogram[Math.min(bin, bins - 1)]++;
    }
    return new ScoreSummary(
        scores.length, sum, sumOfSquares, min, max, IntStream.of(histogram).boxed().toList());
  }
}
