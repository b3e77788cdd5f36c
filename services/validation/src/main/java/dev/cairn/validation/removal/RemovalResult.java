package dev.cairn.validation.removal;

import dev.cairn.validation.lds.Interval;
import dev.cairn.validation.removal.RemovalPlan.Arm;
import java.util.Arrays;
import java.util.List;

/**
 * What removing examples changes.
 *
 * @param method whose top is removed
 * @param queries how many generations
 * @param curves one an arm and share, the top first
 * @param ratios how much further the top moves images, by share and arm
 */
public record RemovalResult(String method, int queries, List<Curve> curves, List<Ratio> ratios) {

  /**
   * Median pixel distance without the top over that without as many others.
   *
   * @param arm those others, random or nearest
   * @param times with its 95 % bootstrap interval over queries
   */
  public record Ratio(double share, String arm, Interval times) {
    /** The others in words: as many … */
    public String others() {
      return arm.equals(Arm.RANDOM.label()) ? "at random" : "nearest by pixels";
    }
  }

  /**
   * One point of a curve: quartiles over the queries.
   *
   * @param arm top, nearest or random
   * @param share of the examples that are removed
   * @param distance L2 distance of the image to that of the model trained on everything
   * @param distances of each query
   * @param lossChange relative change of the loss at the query's image
   * @param windowDistance median distance where the retrained model acts in one window only
   */
  public record Curve(
      String arm,
      double share,
      Quartiles distance,
      List<Double> distances,
      Quartiles lossChange,
      List<Double> windowDistance) {}

  /** Quartiles over queries. */
  public record Quartiles(double low, double median, double high) {
    static Quartiles of(double[] values) {
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      return new Quartiles(at(sorted, 0.25), at(sorted, 0.5), at(sorted, 0.75));
    }

    static double median(double[] values) {
      return of(values).median();
    }

    private static double at(double[] sorted, double share) {
      double place = share * (sorted.length - 1);
      int below = (int) place;
      int above = Math.min(sorted.length - 1, below + 1);
      return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
  }
}
