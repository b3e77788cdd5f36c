package dev.cairn.app.cli;

import dev.cairn.app.terminal.ConsoleProgress;
import dev.cairn.attribution.Npy;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainableModel;
import dev.cairn.runtime.TrainingData;
import dev.cairn.validation.training.InitialBundle;
import dev.cairn.validation.training.TrainedBundle;
import dev.cairn.validation.training.Trainer;
import dev.cairn.validation.training.TrainingOptions;
import dev.cairn.validation.training.TrainingSet;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "train",
    description = {
      "Trains a denoiser on a data set: a bundle's model, or a new U-Net of a given size.",
      "An interrupted training goes on from its last checkpoint when the same command is run again,"
          + " and ends with the same bits."
    })
final class TrainCommand implements Callable<Integer> {

  @ParentCommand private RootCommand root;

  @Parameters(
      paramLabel = "BUNDLE",
      arity = "0..1",
      description = "The bundle whose model is trained; without one a new U-Net is made.")
  private Path bundle;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Directory with images.npy, as for index.")
  private Path data;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the trained bundle goes.")
  private Path out;

  @Option(
      names = "--epochs",
      paramLabel = "E",
      description = "Passes through the data (default: ${DEFAULT-VALUE}).")
  private double epochs = 100;

  @Option(
      names = "--from-scratch",
      description = "Draw the bundle's parameters anew instead of going on from them.")
  private boolean fromScratch;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Of initial parameters, order, timesteps and noise (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Threads; the result does not depend on them (default: one a core).")
  private int workers = Runtime.getRuntime().availableProcessors();

  @Mixin private NewModelArguments newModel;

  @Mixin private TrainingArguments training;

  @Override
  public Integer call() {
    Arguments.requireAtLeastOne("--workers", workers);
    ModelBundle start = start();
    TrainingData examples = TrainingData.open(data, start);
    int steps = (int) Math.ceil(epochs * examples.size() / training.batch());
    TrainingOptions options = training.options(steps, seed);
    TrainableModel model = TrainableModel.of(start.model());
    Trainer trainer = new Trainer(model, start.schedule(), options, workers);
    Trainer.Result result;
    try (ConsoleProgress progress = new ConsoleProgress(root.console())) {
      result =
          trainer.train(
              TrainingSet.all(examples),
              model.initial(),
              out.resolve("training.checkpoint"),
              (step, total, loss) ->
                  progress.update(
                      "training", step, total, String.format(Locale.ROOT, "loss %.4f", loss)));
    }
    TrainedBundle.write(out, model.with(result.parameters()), start);
    root.console()
        .out()
        .printf(
            Locale.ROOT,
            "Trained %,d parameters on %,d examples in %,d steps, loss %.4f; the bundle is %s%n",
            model.size(),
            examples.size(),
            steps,
            result.loss(),
            out);
    return 0;
  }

  /** The bundle that training starts from; one that is made for it lies beside the result. */
  private ModelBundle start() {
    Path initial = out.resolve("initial");
    if (bundle == null) {
      return newModel.create(initial, Npy.shape(data.resolve("images.npy")), seed);
    }
    ModelBundle opened = ModelBundle.open(bundle);
    return fromScratch ? InitialBundle.redraw(initial, opened, seed) : opened;
  }
}
