package dev.cairn.attribution;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.IntStream;

/** Numbers that say whether scores tell the truth (METHOD sections 7 and 9). */
public final class Metrics {
  private Metrics() {}

  /**
   * Linear datamodelling score of every query (Park et al. 2023, definition 2.3): the rank
   * correlation between what scores predict for models trained on subsets, Σ_{i∈S} score_i, and
   * what those models put out. Outputs must grow with the score: of a loss, pass its negative.
   *
   * @param scores query × example
   * @param subsets indices of the examples that each model was trained on
   * @param outputs subset × query
   * @return one correlation a query; NaN where predictions or outputs are all equal
   */
  public static double[] lds(double[][] scores, int[][] subsets, double[][] outputs) {
    requireEqual("subsets", subsets.length, "rows of outputs", outputs.length);
    double[] lds = new double[scores.length];
    for (int query = 0; query < lds.length; query++) {
      double[] predicted = new double[subsets.length];
      double[] measured = new double[subsets.length];
      for (int j = 0; j < subsets.length; j++) {
        for (int example : subsets[j]) {
          predicted[j] += scores[query][example];
        }
        measured[j] = outputs[j][query];
      }
      lds[query] = spearman(predicted, measured);
    }
    return lds;
  }

  /**
   * Pearson correlation of scores with the true effect of leaving each example out, a query each.
   *
   * @param scores example × query
   * @param truth example × query
   */
  public static double[] leaveOneOutPearson(double[][] scores, double[][] truth) {
    requireEqual("rows of scores", scores.length, "rows of truth", truth.length);
    return IntStream.range(0, scores[0].length)
        .mapToDouble(query -> pearson(column(scores, query), column(truth, query)))
        .toArray();
  }

  /**
   * Area under the ROC curve of finding mislabelled examples by high scores; ties count half.
   *
   * @param noisy indices of the mislabelled examples, neither none nor all
   */
  public static double mislabelAuc(double[] scores, Set<Integer> noisy) {
    double[] ranks = averageRanks(scores);
    double rankSum = noisy.stream().sorted().mapToDouble(i -> ranks[i]).sum();
    double positives = noisy.size();
    double negatives = scores.length - positives;
    return (rankSum - positives * (positives + 1) / 2) / (positives * negatives);
  }

  /** Share of the relevant examples among the k with the highest scores; ties by index. */
  public static double recallAtK(double[] scores, Set<Integer> relevant, int k) {
    return (double) Arrays.stream(descending(scores)).limit(k).filter(relevant::contains).count()
        / relevant.size();
  }

  /** Mean over the relevant examples of the precision at each one's rank; ties by index. */
  public static double averagePrecision(double[] scores, Set<Integer> relevant) {
    int[] order = descending(scores);
    int found = 0;
    double sum = 0;
    for (int rank = 0; rank < order.length; rank++) {
      if (relevant.contains(order[rank])) {
        found++;
        sum += (double) found / (rank + 1);
      }
    }
    return sum / relevant.size();
  }

  /** Rank correlation with average ranks for ties; NaN where one side is all equal. */
  public static double spearman(double[] a, double[] b) {
    return pearson(averageRanks(a), averageRanks(b));
  }

  /** Linear correlation; NaN where one side is all equal. */
  public static double pearson(double[] a, double[] b) {
    requireEqual("values", a.length, "values", b.length);
    double meanA = Arrays.stream(a).sum() / a.length;
    double meanB = Arrays.stream(b).sum() / b.length;
    double covariance = 0;
    double varianceA = 0;
    double varianceB = 0;
    for (int i = 0; i < a.length; i++) {
      covariance += (a[i] - meanA) * (b[i] - meanB);
      varianceA += (a[i] - meanA) * (a[i] - meanA);
      varianceB += (b[i] - meanB) * (b[i] - meanB);
    }
    return covariance / Math.sqrt(varianceA * varianceB);
  }

  /** Ranks from 1; equal values share the mean of their ranks. */
  static double[] averageRanks(double[] values) {
    int[] order = ascending(values);
    double[] ranks = new double[values.length];
    for (int start = 0; start < order.length; ) {
      int end = start + 1;
      while (end < order.length && values[order[end]] == values[order[start]]) {
        end++;
      }
      for (int i = start; i < end; i++) {
        ranks[order[i]] = (start + 1 + end) / 2.0;
      }
      start = end;
    }
    return ranks;
  }

  private static int[] ascending(double[] values) {
    return sorted(values.length, Comparator.comparingDouble(i -> values[i]));
  }

  private static int[] descending(double[] values) {
    return sorted(values.length, Comparator.comparingDouble(i -> -values[i]));
  }

  private static int[] sorted(int count, Comparator<Integer> order) {
    return IntStream.range(0, count).boxed().sorted(order).mapToInt(Integer::intValue).toArray();
  }

  private static double[] column(double[][] matrix, int column) {
    return Arrays.stream(matrix).mapToDouble(row -> row[column]).toArray();
  }

  private static void requireEqual(String what, int count, String other, int otherCount) {
    if (count != otherCount) {
      throw new IllegalArgumentException(
          "%d %s but %d %s".formatted(count, what, otherCount, other));
    }
  }
}
