package dev.cairn.validation;

import dev.cairn.validation.training.TrainingOptions;
import java.util.List;

/**
 * What a validation does.
 *
 * @param subsets m, models to retrain
 * @param repeats models a subset, each with a seed of its own; their outputs are averaged
 * @param share α, of the examples that each is trained on
 * @param epochs passes of each model through its examples
 * @param training of each model; its number of steps follows from the epochs
 * @param generated queries drawn with the model, to be reported
 * @param choosing further queries of each source, which only choose ridges
 * @param steps of their trajectories that are validated one by one
 * @param measurement the bank that outputs are measured over
 * @param features how features are computed
 * @param lambdas relative ridges to try
 * @param seed of subsets, generated queries and initial parameters
 */
public record ValidationOptions(
    int subsets,
    int repeats,
    double share,
    double epochs,
    TrainingOptions training,
    int generated,
    int choosing,
    int steps,
    Measurement measurement,
    Features features,
    List<Double> lambdas,
    long seed) {

  /** Timesteps and noises a measured output is the mean of. */
  public record Measurement(int timesteps, int draws, int stepDraws, long seed) {}

  /** Timesteps of an image's features, noises of a step's, and their seed. */
  public record Features(int timesteps, int draws, long noiseSeed) {}

  public ValidationOptions {
    lambdas = List.copyOf(lambdas);
    if (repeats < 1
        || generated < 0
        || choosing < 0
        || steps < 0
        || !(epochs > 0)
        || lambdas.isEmpty()) {
      throw new IllegalArgumentException(
          "repeats %d, generated %d, choosing %d, steps %d, epochs %s, lambdas %s: negative, or nothing to do"
              .formatted(repeats, generated, choosing, steps, epochs, lambdas));
    }
  }

  /** Ridges over five decades. */
  public static List<Double> defaultLambdas() {
    return List.of(0.001, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0);
  }
}
