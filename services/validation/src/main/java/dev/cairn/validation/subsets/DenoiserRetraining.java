package dev.cairn.validation.subsets;

import dev.cairn.attribution.AtomicFile;
import dev.cairn.runtime.Denoiser;
import dev.cairn.runtime.DenoiserModel;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainableModel;
import dev.cairn.runtime.TrainingData;
import dev.cairn.validation.ValidationException;
import dev.cairn.validation.training.Trainer;
import dev.cairn.validation.training.TrainingOptions;
import dev.cairn.validation.training.TrainingProgress;
import dev.cairn.validation.training.TrainingSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Retrains a bundle's denoiser from the same initial parameters, for the same number of epochs,
 * with the same noise at the same position of a run: what differs between two models is their
 * examples. Models stay in the directory.
 */
public final class DenoiserRetraining implements Retraining {
  private final ModelBundle bundle;
  private final TrainableModel model;
  private final float[] initial;
  private final TrainingData data;
  private final TrainingOptions options;
  private final double epochs;
  private final MeasurementBank bank;
  private final QuerySet queries;
  private final Path directory;

  /**
   * @param model the bundle's model, opened for training
   * @param initial parameters that every model starts from
   * @param options of every training; its number of steps is replaced by epochs
   */
  public DenoiserRetraining(
      ModelBundle bundle,
      TrainableModel model,
      float[] initial,
      TrainingData data,
      TrainingOptions options,
      double epochs,
      MeasurementBank bank,
      QuerySet queries,
      Path directory) {
    this.bundle = bundle;
    this.model = model;
    this.initial = initial;
    this.data = data;
    this.options = options;
    this.epochs = epochs;
    this.bank = bank;
    this.queries = queries;
    this.directory = directory;
  }

  @Override
  public double[] retrain(int number, int[] examples) {
    Path file = model(number);
    if (!Files.exists(file)) {
      train(file, examples);
    }
    try (Denoiser denoiser = new Denoiser(DenoiserModel.open(file))) {
      return bank.measure(denoiser, queries);
    }
  }

  /** Where a retrained model is. */
  public Path model(int number) {
    return directory.resolve("subset-%04d.onnx".formatted(number));
  }

  private void train(Path file, int[] examples) {
    int steps = (int) Math.ceil(epochs * examples.length / options.batch());
    Path checkpoint = file.resolveSibling(file.getFileName() + ".checkpoint");
    Trainer trainer = new Trainer(model, bundle.schedule(), options.withSteps(steps), 1);
    Trainer.Result result =
        trainer.train(
            new TrainingSet(data, examples), initial, checkpoint, TrainingProgress.none());
    AtomicFile.write(file, model.with(result.parameters()).toByteArray());
    try {
      Files.deleteIfExists(checkpoint);
    } catch (IOException e) {
      throw new ValidationException(checkpoint + ": cannot be removed", e);
    }
  }
}
