package dev.cairn.validation.scores;

import dev.cairn.attribution.KernelKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The mean over several models' scores: an ensemble of checkpoints or seeds (METHOD section 5). */
record MeanScores(List<FeatureKindScores> models) {

  /** As {@link FeatureKindScores#scores}. */
  Map<Method, ScoreSet> scores(
      List<Method> methods, KernelKind kernel, double relativeLambda, int[] some) {
    List<Map<Method, ScoreSet>> each =
        models.stream().map(m -> m.scores(methods, kernel, relativeLambda, some)).toList();
    Map<Method, ScoreSet> means = new LinkedHashMap<>();
    for (Method method : methods) {
      means.put(method, mean(each.stream().map(scores -> scores.get(method)).toList()));
    }
    return means;
  }

  private static ScoreSet mean(List<ScoreSet> sets) {
    ScoreSet first = sets.getFirst();
    if (sets.size() == 1) {
      return first;
    }
    double[][] images = meanOf(sets.stream().map(ScoreSet::images).toList());
    double[][][] steps = new double[first.steps().length][][];
    for (int s = 0; s < steps.length; s++) {
      int step = s;
      steps[s] =
          first.steps()[s] == first.images()
              ? images
              : meanOf(sets.stream().map(set -> set.steps()[step]).toList());
    }
    return new ScoreSet(images, steps);
  }

  private static double[][] meanOf(List<double[][]> matrices) {
    double[][] mean = new double[matrices.getFirst().length][matrices.getFirst()[0].length];
    for (double[][] matrix : matrices) {
      for (int q = 0; q < mean.length; q++) {
        for (int i = 0; i < mean[q].length; i++) {
          mean[q][i] += matrix[q][i] / matrices.size();
        }
      }
    }
    return mean;
  }
}
