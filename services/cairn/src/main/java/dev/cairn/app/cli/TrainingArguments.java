package dev.cairn.app.cli;

import dev.cairn.app.CommandFailure;
import dev.cairn.validation.training.TrainingOptions;
import picocli.CommandLine.Option;

/** How a model is trained; shared by training and retraining. */
final class TrainingArguments {

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Rows a step (default: ${DEFAULT-VALUE}).")
  private int batch = 32;

  @Option(
      names = "--learning-rate",
      paramLabel = "R",
      description = "Peak, after warm-up (default: ${DEFAULT-VALUE}); then a cosine down to 0.")
  private double learningRate = 2e-3;

  @Option(
      names = "--warmup",
      paramLabel = "SHARE",
      description = "Share of the steps that the rate rises for (default: ${DEFAULT-VALUE}).")
  private double warmup = 0.05;

  @Option(
      names = "--weight-decay",
      paramLabel = "D",
      description = "AdamW's; 0 is Adam (default: ${DEFAULT-VALUE}).")
  private double weightDecay;

  @Option(
      names = "--clip",
      paramLabel = "NORM",
      description = "Largest norm of the gradient, 0 for none (default: ${DEFAULT-VALUE}).")
  private double clip = 1;

  @Option(
      names = "--average",
      paramLabel = "DECAY",
      description =
          "Decay a step of the moving average that is written, 0 for none (default:"
              + " ${DEFAULT-VALUE}).")
  private double average = 0.995;

  @Option(names = "--flips", description = "Mirror images left to right at random.")
  private boolean flips;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "N",
      description = "Steps between checkpoints (default: ${DEFAULT-VALUE}).")
  private int checkpointEvery = 500;

  int batch() {
    return batch;
  }

  TrainingOptions options(int steps, long seed) {
    try {
      return new TrainingOptions(
          steps,
          batch,
          learningRate,
          (int) Math.round(warmup * steps),
          weightDecay,
          clip,
          average,
          flips,
          seed,
          checkpointEvery);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(e.getMessage(), e);
    }
  }
}
