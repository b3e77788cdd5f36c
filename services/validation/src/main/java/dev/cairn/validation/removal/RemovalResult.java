package dev.cairn.validation.removal;

import java.util.Arrays;
import java.util.List;

/**
 * What removing examples changes.
 *
 * @param method whose top is removed
 * @param queries how many generations
 * @param curves one an arm and share
 * @param topOverRandom by share: median pixel distance of the top over that of random
 */
public record RemovalResult(
    String method, int queries, List<Curve> curves, List<Double> topOverRandom) {

  /**
   * One point of a curve: quartiles over the queries.
   *
   * @param arm top, nearest or random
   * @param share of the examples that are removed
   * @param distance L2 distance of the image to that of the model trained on everything
   * @param lossChange relative change of the loss at the query's image
   * @param windowDistance median distance where the retrained model acts in one window only
   */
  public record Curve(
      String arm,
      double share,
      Quartiles distance,
      Quartiles lossChange,
      List<Double> windowDistance) {}

  /** Quartiles over queries. */
  public record Quartiles(double low, double median, double high) {
    static Quartiles of(double[] values) {
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      return new Quartiles(at(sorted, 0.25), at(sorted, 0.5), at(sorted, 0.75));
    }

    private static double at(double[] sorted, double share) {
      double place = share * (sorted.length - 1);
      int below = (int) place;
      int above = Math.min(sorted.length - 1, below + 1);
      return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
  }
}
