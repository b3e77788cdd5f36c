package dev.cairn.validation.subsets;

import dev.cairn.attribution.AtomicFile;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainableModel;
import dev.cairn.runtime.TrainingData;
import dev.cairn.validation.ValidationException;
import dev.cairn.validation.training.Trainer;
import dev.cairn.validation.training.TrainingOptions;
import dev.cairn.validation.training.TrainingSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Models retrained on parts of the data: from the same initial parameters, for the same number of
 * epochs, with the same noise at the same position of a run, so that what differs between two of
 * them is their examples. They stay in a directory, and are trained once.
 */
public final class SubsetModels {
  private final ModelBundle bundle;
  private final TrainableModel model;
  private final TrainingData data;
  private final TrainingOptions options;
  private final double epochs;
  private final Path directory;

  /**
   * @param model with the initial parameters that every training starts from
   * @param options of every training; its number of steps is replaced by epochs
   */
  public SubsetModels(
      ModelBundle bundle,
      TrainableModel model,
      TrainingData data,
      TrainingOptions options,
      double epochs,
      Path directory) {
    this.bundle = bundle;
    this.model = model;
    this.data = data;
    this.options = options;
    this.epochs = epochs;
    this.directory = directory;
  }

  /** Training steps of a model of so many examples. */
  public int steps(int examples) {
    return (int) Math.ceil(epochs * examples / options.batch());
  }

  /** The model's file; it is trained first, if there is none. */
  public Path file(int number, int[] examples, Retraining.Steps steps) {
    Path file = directory.resolve("subset-%04d.onnx".formatted(number));
    if (!Files.exists(file)) {
      train(file, examples, steps);
    }
    return file;
  }

  private void train(Path file, int[] examples, Retraining.Steps steps) {
    Path checkpoint = file.resolveSibling(file.getFileName() + ".checkpoint");
    Trainer trainer =
        new Trainer(model, bundle.schedule(), options.withSteps(steps(examples.length)), 1);
    Trainer.Result result =
        trainer.train(
            new TrainingSet(data, examples),
            model.initial(),
            checkpoint,
            (_, _, _) -> steps.done(1));
    AtomicFile.write(file, model.with(result.parameters()).toByteArray());
    try {
      Files.deleteIfExists(checkpoint);
    } catch (IOException e) {
      throw new ValidationException(checkpoint + ": cannot be removed", e);
    }
  }
}
