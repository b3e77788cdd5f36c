package dev.cairn.validation.lds;

import dev.cairn.validation.scores.RidgeSelector;
import dev.cairn.validation.scores.ScoreSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Chooses each method's ridge on queries that are not reported: the one with the highest mean LDS,
 * where generated and held-out queries weigh the same. Final images have one ridge, and all steps
 * together another.
 */
public final class RidgeChoice implements RidgeSelector {
  private final LdsEvaluation evaluation;
  private final Sources sources;
  private final Map<String, NavigableMap<Double, Means>> methods = new TreeMap<>();

  /** Mean LDS at one ridge; of a method without steps the second is that of images. */
  private record Means(double images, double steps) {}

  /**
   * @param evaluation on the queries that choose
   */
  public RidgeChoice(LdsEvaluation evaluation) {
    this.evaluation = evaluation;
    this.sources = new Sources(evaluation.sources());
  }

  @Override
  public void add(String method, double lambda, ScoreSet scores) {
    List<Double> means = evaluation.of(scores).stream().map(this::mean).toList();
    double images = means.getFirst();
    double steps = means.stream().skip(1).mapToDouble(m -> m).average().orElse(images);
    methods.computeIfAbsent(method, _ -> new TreeMap<>()).put(lambda, new Means(images, steps));
  }

  private double mean(Predictions predictions) {
    double[] lds = predictions.lds();
    return sources.each(queries -> Sources.mean(lds, queries)).values().stream()
        .mapToDouble(m -> m)
        .average()
        .orElseThrow();
  }

  @Override
  public double forImages(String method) {
    return best(method, Means::images);
  }

  @Override
  public double forSteps(String method) {
    return best(method, Means::steps);
  }

  private double best(String method, ToDoubleFunction<Means> value) {
    double best = 0;
    double highest = Double.NEGATIVE_INFINITY;
    for (var entry : methods.getOrDefault(method, new TreeMap<>()).entrySet()) {
      double mean = value.applyAsDouble(entry.getValue());
      if (mean > highest) {
        highest = mean;
        best = entry.getKey();
      }
    }
    return best;
  }

  /** Mean LDS of final images by ridge; empty for a method without one. */
  Map<Double, Double> byLambda(String method) {
    Map<Double, Double> means = new TreeMap<>();
    methods
        .getOrDefault(method, new TreeMap<>())
        .forEach((lambda, mean) -> means.put(lambda, mean.images()));
    return means;
  }
}
