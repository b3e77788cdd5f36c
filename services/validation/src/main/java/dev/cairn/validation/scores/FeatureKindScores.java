package dev.cairn.validation.scores;

import dev.cairn.attribution.KernelKind;
import dev.cairn.attribution.KernelOptions;
import dev.cairn.attribution.RidgeScores;
import dev.cairn.validation.scores.Method.QueryKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Scores of the methods that share features. */
final class FeatureKindScores implements AutoCloseable {
  private final RidgeScores features;
  private final List<Integer> layers;
  private final QueryFeatures queries;
  private final double[] residuals;
  private double[] norms;
  private KernelOptions leveraged;
  private double[] leverages;

  /**
   * @param index directory of the training examples' finished features
   * @param layers how many features each layer of the model has
   * @param residuals r_i
   */
  FeatureKindScores(Path index, List<Integer> layers, QueryFeatures queries, double[] residuals) {
    this.features = RidgeScores.open(index);
    this.layers = layers;
    this.queries = queries;
    this.residuals = residuals;
  }

  /**
   * Scores of several methods at one ridge, of final images and of every step that they have.
   *
   * @param some numbers of the queries that are meant
   */
  Map<Method, ScoreSet> scores(
      List<Method> methods, KernelKind kernel, double relativeLambda, int[] some) {
    KernelOptions options = new KernelOptions(kernel, relativeLambda).withLayers(layers);
    boolean images =
        queries.steps().length == 0 || methods.stream().anyMatch(m -> m.query() == QueryKind.IMAGE);
    boolean steps = methods.stream().anyMatch(m -> m.query() == QueryKind.TRAJECTORY);
    double[][] raw = features.scores(queries.rows(images, steps, some), options);
    double[][] ofImages = images ? Arrays.copyOf(raw, some.length) : new double[0][];
    double[][][] ofSteps = new double[steps ? queries.steps().length : 0][][];
    for (int step = 0; step < ofSteps.length; step++) {
      int first = ofImages.length + step * some.length;
      ofSteps[step] = Arrays.copyOfRange(raw, first, first + some.length);
    }
    Map<Method, ScoreSet> scores = new LinkedHashMap<>();
    for (Method method : methods) {
      boolean trajectory = method.query() == QueryKind.TRAJECTORY;
      double[][] whole = trajectory && ofSteps.length > 0 ? mean(ofSteps) : ofImages;
      List<double[][]> single = new ArrayList<>();
      for (int step = 0; step < queries.steps().length; step++) {
        single.add(trajectory ? weighted(method, options, ofSteps[step]) : null);
      }
      double[][] image = weighted(method, options, whole);
      single.replaceAll(step -> step == null ? image : step);
      scores.put(method, new ScoreSet(image, single.toArray(double[][][]::new)));
    }
    return scores;
  }

  /** Scores are linear in features: this is the score of the mean feature. */
  private static double[][] mean(double[][][] steps) {
    double[][] mean = new double[steps[0].length][steps[0][0].length];
    for (double[][] step : steps) {
      for (int q = 0; q < mean.length; q++) {
        for (int i = 0; i < mean[q].length; i++) {
          mean[q][i] += step[q][i] / steps.length;
        }
      }
    }
    return mean;
  }

  private double[][] weighted(Method method, KernelOptions options, double[][] raw) {
    double[] factors =
        switch (method.weighting()) {
          case NONE -> null;
          case COSINE -> inverseNorms();
          case RESIDUAL, RESIDUAL_SQUARED -> residuals;
          case LEVERAGE -> residualsByLeverage(options);
        };
    if (factors == null) {
      return raw;
    }
    double[][] scores = new double[raw.length][];
    for (int q = 0; q < raw.length; q++) {
      double[] own = raw[q];
      scores[q] =
          IntStream.range(0, own.length)
              .mapToDouble(i -> own[i] * factors[i])
              .map(score -> method.weighting().squares() ? score * score : score)
              .toArray();
    }
    return scores;
  }

  /** How much each example decides of its own prediction: high where a label does not fit. */
  double[] selfInfluence(KernelKind kernel, double relativeLambda) {
    return features.leverages(new KernelOptions(kernel, relativeLambda).withLayers(layers));
  }

  /** The query's own norm is left out: it changes no rank. */
  private double[] inverseNorms() {
    if (norms == null) {
      norms = features.norms();
    }
    return Arrays.stream(norms).map(norm -> 1 / Math.max(norm, Float.MIN_NORMAL)).toArray();
  }

  /** r_i / (1 − h_ii). */
  private double[] residualsByLeverage(KernelOptions options) {
    if (!options.equals(leveraged)) {
      leverages = features.leverages(options);
      leveraged = options;
    }
    return IntStream.range(0, residuals.length)
        .mapToDouble(i -> residuals[i] / Math.max(1 - leverages[i], 1e-6))
        .toArray();
  }

  @Override
  public void close() {
    features.close();
  }
}
