package dev.cairn.app.cli;

import dev.cairn.validation.ValidationOptions;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which models are retrained, and what they are asked. */
final class StudyArguments {

  @Option(
      names = "--subsets",
      paramLabel = "M",
      description = "Models to retrain (default: ${DEFAULT-VALUE}).")
  private int subsets = 48;

  @Option(
      names = "--repeats",
      paramLabel = "R",
      description =
          "Models a subset, each with its own seed; outputs are averaged (default:"
              + " ${DEFAULT-VALUE}).")
  private int repeats = 1;

  @Option(
      names = "--share",
      paramLabel = "A",
      description = "Share of the examples that each sees (default: ${DEFAULT-VALUE}).")
  private double share = 0.5;

  @Option(
      names = "--epochs",
      paramLabel = "E",
      description = "Passes of each model through its examples (default: ${DEFAULT-VALUE}).")
  private double epochs = 50;

  @Option(
      names = "--generated",
      paramLabel = "N",
      description = "Queries drawn with the model, to be reported (default: ${DEFAULT-VALUE}).")
  private int generated = 40;

  @Option(
      names = "--choosing",
      paramLabel = "N",
      description =
          "Further queries of each kind that only choose ridges, of held-out images the last ones"
              + " (default: ${DEFAULT-VALUE}).")
  private int choosing = 20;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description =
          "Steps of a trajectory that are validated one by one (default: ${DEFAULT-VALUE}).")
  private int steps = 5;

  @Option(
      names = "--timesteps",
      paramLabel = "M",
      description =
          "Timesteps that features of images are averaged over (default: ${DEFAULT-VALUE}).")
  private int timesteps = 20;

  @Option(
      names = "--draws",
      paramLabel = "R",
      description = "Noises that features of a step are averaged over (default: ${DEFAULT-VALUE}).")
  private int draws = 10;

  @Option(
      names = "--measured-timesteps",
      paramLabel = "M",
      description =
          "Timesteps, of two noises each, that losses are averaged over (default:"
              + " ${DEFAULT-VALUE}).")
  private int measuredTimesteps = 20;

  @Option(
      names = "--lambda",
      paramLabel = "L",
      split = ",",
      description = "Relative ridges to try; queries that are not reported choose.")
  private List<Double> lambdas = ValidationOptions.defaultLambdas();

  @Option(names = "--seed", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Mixin private TrainingArguments training;

  int generated() {
    return generated;
  }

  /** The options for so many training examples. */
  ValidationOptions options(int examples) {
    Arguments.requireAtLeastOne("--repeats", repeats);
    int optimiserSteps = (int) Math.ceil(epochs * share * examples / training.batch());
    return new ValidationOptions(
        subsets,
        repeats,
        share,
        epochs,
        training.options(Math.max(1, optimiserSteps), seed),
        generated,
        choosing,
        steps,
        new ValidationOptions.Measurement(measuredTimesteps, 2, 10, seed + 1),
        new ValidationOptions.Features(timesteps, draws, 0),
        lambdas,
        seed);
  }
}
