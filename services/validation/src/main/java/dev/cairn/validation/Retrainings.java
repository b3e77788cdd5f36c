package dev.cairn.validation;

import dev.cairn.attribution.Progress;
import dev.cairn.runtime.CompiledBundle;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainableModel;
import dev.cairn.runtime.TrainingData;
import dev.cairn.validation.subsets.DenoiserRetraining;
import dev.cairn.validation.subsets.MeasurementBank;
import dev.cairn.validation.subsets.QuerySet;
import dev.cairn.validation.subsets.SubsetMasks;
import dev.cairn.validation.subsets.SubsetModels;
import dev.cairn.validation.subsets.SubsetStudy;
import dev.cairn.validation.training.InitialBundle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The retrained models of a validation, each in its place below one directory. */
record Retrainings(
    CompiledBundle compiled, TrainingData data, ValidationOptions options, Path directory) {

  /**
   * Trains what is missing and measures it.
   *
   * @param where prefix of the directories below
   * @return model × measurement
   */
  double[][] measure(
      String where, SubsetMasks masks, QuerySet queries, int workers, Progress progress) {
    List<SubsetModels> repeats = new ArrayList<>();
    for (int repeat = 0; repeat < options.repeats(); repeat++) {
      repeats.add(models(where + "models" + (repeat == 0 ? "" : "-" + repeat), repeat));
    }
    DenoiserRetraining retraining = new DenoiserRetraining(repeats, bank(), queries);
    return new SubsetStudy(directory.resolve(where + "measured"), workers, progress)
        .run(masks, retraining);
  }

  /** Repeats differ in their initial parameters, order and noise. */
  SubsetModels models(String name, int repeat) {
    ModelBundle bundle = compiled.bundle();
    return new SubsetModels(
        bundle,
        initial(bundle, repeat),
        data,
        options.training().withSeed(options.training().seed() + repeat),
        options.epochs(),
        directory.resolve(name));
  }

  MeasurementBank bank() {
    ValidationOptions.Measurement measurement = options.measurement();
    return new MeasurementBank(
        compiled.bundle().schedule(),
        measurement.timesteps(),
        measurement.draws(),
        measurement.stepDraws(),
        measurement.seed());
  }

  /** The bundle's architecture with parameters drawn anew: what was learnt must not leak. */
  private TrainableModel initial(ModelBundle bundle, int repeat) {
    Path initial = directory.resolve(repeat == 0 ? "initial" : "initial-" + repeat);
    return TrainableModel.of(
        InitialBundle.redraw(initial, bundle, options.seed() + repeat).model());
  }
}
