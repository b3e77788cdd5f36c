package dev.cairn.app.cli;

import dev.cairn.app.CommandFailure;
import dev.cairn.diffusion.BetaSchedule;
import dev.cairn.diffusion.PredictionType;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.validation.training.InitialBundle;
import dev.cairn.validation.unet.UnetSpec;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Option;

/** What a model is like that is made where none is given. */
final class NewModelArguments {

  @Option(
      names = "--widths",
      paramLabel = "N",
      split = ",",
      description = "Channels of a new U-Net's levels (default: ${DEFAULT-VALUE}).")
  private List<Integer> widths = List.of(32, 64);

  @Option(
      names = "--patch",
      paramLabel = "N",
      description =
          "Side of the patches whose pixels a new U-Net sees as channels (default:"
              + " ${DEFAULT-VALUE}).")
  private int patch = 1;

  @Option(
      names = "--classes",
      paramLabel = "N",
      description = "Classes that a new U-Net is conditioned on, from class_labels.npy.")
  private int classes;

  @Option(
      names = "--prediction-type",
      paramLabel = "TYPE",
      description =
          "What a new U-Net predicts: epsilon, v_prediction or sample (default:"
              + " ${DEFAULT-VALUE}).")
  private String predictionType = "epsilon";

  @Option(
      names = "--beta-schedule",
      paramLabel = "NAME",
      description =
          "Noise schedule of a new U-Net: linear, scaled_linear, squaredcos_cap_v2 or sigmoid"
              + " (default: ${DEFAULT-VALUE}).")
  private String betaSchedule = "linear";

  /**
   * Writes a new model.
   *
   * @param directory where its bundle goes
   * @param images shape of the data: examples, channels, height, width
   * @param seed of the initial parameters
   */
  ModelBundle create(Path directory, int[] images, long seed) {
    if (images.length != 4 || images[2] != images[3]) {
      throw new CommandFailure(
          "a new U-Net is made for square images, examples × channels × size × size; images.npy"
              + " has the shape "
              + Arrays.toString(images));
    }
    try {
      UnetSpec spec = UnetSpec.of(images[1], images[2], patch, widths, classes);
      return InitialBundle.create(
          directory,
          spec,
          PredictionType.parse(predictionType),
          BetaSchedule.parse(betaSchedule),
          seed);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure("the new U-Net cannot be made: " + e.getMessage(), e);
    }
  }
}
