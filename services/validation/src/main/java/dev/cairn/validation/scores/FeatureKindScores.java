package dev.cairn.validation.scores;

import dev.cairn.attribution.AttributionIndex;
import dev.cairn.attribution.KernelFit;
import dev.cairn.attribution.KernelKind;
import dev.cairn.attribution.KernelOptions;
import dev.cairn.attribution.MappedMatrix;
import dev.cairn.attribution.Progress;
import dev.cairn.validation.scores.Method.QueryKind;
import dev.cairn.validation.scores.Method.Weighting;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Scores of the methods that share features: the kernel is fitted once a ridge, by the same code as
 * that of every index.
 */
final class FeatureKindScores {
  private final Path index;
  private final QueryFeatures queries;
  private final double[] residuals;
  private KernelOptions fitted;

  /**
   * @param index directory of the training examples' finished features
   * @param residuals r_i
   */
  FeatureKindScores(Path index, QueryFeatures queries, double[] residuals) {
    this.index = index;
    this.queries = queries;
    this.residuals = residuals;
  }

  /** Scores of several methods with the same kernel. */
  Map<Method, ScoreSet> scores(List<Method> methods, KernelKind kernel, double relativeLambda) {
    KernelOptions wanted = new KernelOptions(kernel, relativeLambda);
    if (!wanted.equals(fitted)) {
      KernelFit.fit(index, wanted, Progress.none());
      fitted = wanted;
    }
    Map<Method, ScoreSet> scores = new HashMap<>();
    try (AttributionIndex opened = AttributionIndex.open(index)) {
      for (Method method : methods) {
        float[][] features =
            method.query() == QueryKind.IMAGE ? queries.images() : queries.trajectories();
        double[][][] steps = new double[queries.steps().length][][];
        for (int step = 0; step < steps.length; step++) {
          steps[step] = scores(opened, method.weighting(), queries.steps()[step]);
        }
        scores.put(method, new ScoreSet(scores(opened, method.weighting(), features), steps));
      }
    }
    return scores;
  }

  private double[][] scores(AttributionIndex opened, Weighting weighting, float[][] features) {
    double[] factors =
        switch (weighting) {
          case NONE -> null;
          case COSINE -> inverseNorms();
          case RESIDUAL, RESIDUAL_SQUARED -> residuals;
          case LEVERAGE -> residualsByLeverage();
        };
    boolean squared = weighting == Weighting.RESIDUAL_SQUARED || weighting == Weighting.LEVERAGE;
    double[][] scores = new double[features.length][opened.size()];
    for (int q = 0; q < scores.length; q++) {
      float[] raw = opened.scores(features[q]);
      for (int i = 0; i < raw.length; i++) {
        double weighted = factors == null ? raw[i] : raw[i] * factors[i];
        scores[q][i] = squared ? weighted * weighted : weighted;
      }
    }
    return scores;
  }

  /** The query's own norm is left out: it changes no rank. */
  private double[] inverseNorms() {
    try (MappedMatrix rows = MappedMatrix.open(index.resolve("features.npy"))) {
      double[] inverse = new double[rows.rows()];
      for (int i = 0; i < inverse.length; i++) {
        float[] row = rows.row(i);
        inverse[i] = 1 / Math.sqrt(Math.max(dot(row, row), Double.MIN_NORMAL));
      }
      return inverse;
    }
  }

  /** r_i / (1 − h_ii), with the leverage h_ii = φ_i · ψ_i. */
  private double[] residualsByLeverage() {
    try (MappedMatrix rows = MappedMatrix.open(index.resolve("features.npy"));
        MappedMatrix preconditioned = MappedMatrix.open(index.resolve("preconditioned.npy"))) {
      double[] factors = new double[rows.rows()];
      for (int i = 0; i < factors.length; i++) {
        double leverage = dot(rows.row(i), preconditioned.row(i));
        factors[i] = residuals[i] / Math.max(1 - leverage, 1e-6);
      }
      return factors;
    }
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += (double) a[k] * b[k];
    }
    return sum;
  }
}
