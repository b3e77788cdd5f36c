package dev.cairn.validation.scores;

import dev.cairn.runtime.TrainingData;
import dev.cairn.validation.subsets.Query;
import dev.cairn.validation.subsets.QuerySet;
import java.util.List;

/** Similarity of pixels: the floor that a score must beat. */
final class PixelScores {
  private PixelScores() {}

  /** Inner products, or cosines, of images. */
  static ScoreSet of(TrainingData data, QuerySet queries, boolean cosine) {
    List<float[]> finals = queries.queries().stream().map(Query::image).toList();
    double[][][] steps = new double[queries.timesteps().size()][][];
    for (int step = 0; step < steps.length; step++) {
      int number = step;
      steps[step] =
          scores(
              data,
              queries.queries().stream().map(q -> q.estimates().get(number)).toList(),
              cosine);
    }
    return new ScoreSet(scores(data, finals, cosine), steps);
  }

  private static double[][] scores(TrainingData data, List<float[]> images, boolean cosine) {
    double[][] scores = new double[images.size()][data.size()];
    for (int i = 0; i < data.size(); i++) {
      float[] example = data.image(i);
      double norm = cosine ? Math.sqrt(dot(example, example)) : 1;
      for (int q = 0; q < scores.length; q++) {
        double own = cosine ? Math.sqrt(dot(images.get(q), images.get(q))) : 1;
        scores[q][i] = dot(images.get(q), example) / Math.max(norm * own, Double.MIN_NORMAL);
      }
    }
    return scores;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += (double) a[k] * b[k];
    }
    return sum;
  }
}
