package dev.cairn.validation;

import dev.cairn.attribution.Metrics;
import dev.cairn.attribution.Progress;
import dev.cairn.diffusion.TimestepGrid;
import dev.cairn.runtime.CompiledBundle;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainableModel;
import dev.cairn.runtime.TrainingData;
import dev.cairn.validation.lds.LabelRetrieval;
import dev.cairn.validation.lds.LdsEvaluation;
import dev.cairn.validation.lds.LdsTable;
import dev.cairn.validation.lds.OutputTable;
import dev.cairn.validation.lds.RidgeChoice;
import dev.cairn.validation.removal.RemovalResult;
import dev.cairn.validation.removal.RemovalStudy;
import dev.cairn.validation.report.Pictures;
import dev.cairn.validation.report.Report;
import dev.cairn.validation.report.ReportFiles;
import dev.cairn.validation.scores.FeatureSettings;
import dev.cairn.validation.scores.Method;
import dev.cairn.validation.scores.MethodScores;
import dev.cairn.validation.subsets.DenoiserRetraining;
import dev.cairn.validation.subsets.LabelGroups;
import dev.cairn.validation.subsets.MeasurementBank;
import dev.cairn.validation.subsets.QuerySet;
import dev.cairn.validation.subsets.SubsetMasks;
import dev.cairn.validation.subsets.SubsetModels;
import dev.cairn.validation.subsets.SubsetStudy;
import dev.cairn.validation.training.InitialBundle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Retrains a bundle's model on random subsets and reports how well every method's scores predicted
 * what the retrained models do. An interrupted validation goes on where it stood.
 */
public final class Validation {
  private final CompiledBundle compiled;
  private final TrainingData data;
  private final TrainingData heldOut;
  private final ValidationOptions options;
  private final Path directory;
  private final List<Method> methods;
  private final String reference;
  private final List<CompiledBundle> models;
  private boolean leaveGroupsOut;
  private Path mislabelled;
  private final int workers;
  private final Progress progress;

  /**
   * @param data what the model was trained on
   * @param heldOut images that it was not trained on, as further queries; or null
   * @param directory where everything goes
   * @param methods names of those to compare; empty for all
   * @param reference name of the method that all are compared with
   * @param ensemble further models, of the same data, whose scores are averaged with this one's
   * @param workers models retrained, and gradients computed, at a time
   */
  public Validation(
      CompiledBundle compiled,
      TrainingData data,
      TrainingData heldOut,
      ValidationOptions options,
      Path directory,
      List<String> methods,
      String reference,
      List<CompiledBundle> ensemble,
      int workers,
      Progress progress) {
    this.methods = methods.isEmpty() ? Method.all() : Method.named(methods);
    if (this.methods.stream().noneMatch(m -> m.name().equals(reference))) {
      throw new ValidationException(
          "'%s' is not one of the methods, so nothing can be compared with it; name it as well"
              .formatted(reference));
    }
    this.reference = reference;
    this.models = Stream.concat(Stream.of(compiled), ensemble.stream()).toList();
    this.compiled = compiled;
    this.data = data;
    this.heldOut = heldOut;
    this.options = options;
    this.directory = directory;
    this.workers = workers;
    this.progress = progress;
  }

  /** Also retrains without each class in turn. */
  public Validation leavingGroupsOut() {
    leaveGroupsOut = true;
    return this;
  }

  /**
   * Also says whether examples whose labels are wrong are found.
   *
   * @param file .npy, one truth value an example
   */
  public Validation findingMislabelled(Path file) {
    mislabelled = file;
    return this;
  }

  /**
   * Runs it, or what is left of it.
   *
   * @throws ValidationException if the directory holds another validation
   */
  public Report run() {
    new Plan(directory).require(compiled, data, heldOut, options);
    SubsetMasks masks =
        SubsetMasks.random(options.subsets(), data.size(), options.share(), options.seed());
    masks.write(directory.resolve("subsets.npy"));
    QuerySet queries = queries();
    OutputTable measured = OutputTable.of(measure("", masks, queries), queries);
    OutputTable outputs = measured.only(queries.indices(false));
    ReportFiles files = new ReportFiles(directory);
    files.outputs(outputs);

    RidgeChoice choice =
        new RidgeChoice(new LdsEvaluation(masks, measured.only(queries.indices(true))));
    LdsTable table = new LdsTable(new LdsEvaluation(masks, outputs));
    Optional<LdsTable> groups = groups(queries);
    LabelRetrieval labels = new LabelRetrieval(queries.reported().queries(), data.examples());
    List<LabelRetrieval.Result> retrieval = new ArrayList<>();
    List<String> names = new ArrayList<>();
    MethodScores scores = scores(queries);
    scores.prepare(methods, directory.resolve("features"));
    scores.all(
        methods,
        choice,
        (name, set) -> {
          names.add(name);
          table.add(name, set);
          groups.ifPresent(g -> g.add(name, set));
          retrieval.addAll(labels.of(name, set.images()));
          files.scores(name, set, outputs.timesteps());
        });
    Report report =
        Report.of(
                options,
                new Report.Model(
                    compiled.bundle().digest(), compiled.gradients().manifest().graphDigest()),
                data.size(),
                outputs,
                reference,
                table.results(names, reference, choice))
            .with(
                retrieval,
                groups.map(g -> g.results(names, reference, choice)).orElse(List.of()),
                mislabelled == null ? Map.of() : mislabelled(scores, choice));
    files.write(
        report,
        Pictures.of(files, report, masks, outputs, data, queries.reported(), compiled.bundle()));
    return report;
  }

  /** Models that each lack one class: does the sum of its scores say what it does? */
  private Optional<LdsTable> groups(QuerySet queries) {
    if (!leaveGroupsOut) {
      return Optional.empty();
    }
    SubsetMasks masks = LabelGroups.masks(data.examples());
    masks.write(directory.resolve("groups/subsets.npy"));
    OutputTable measured = OutputTable.of(measure("groups/", masks, queries), queries);
    return Optional.of(
        new LdsTable(new LdsEvaluation(masks, measured.only(queries.indices(false)))));
  }

  private Map<String, Double> mislabelled(MethodScores scores, RidgeChoice choice) {
    Set<Integer> noisy = Mislabelled.read(mislabelled, data.size());
    Map<String, Double> areas = new LinkedHashMap<>();
    scores
        .selfInfluence(methods, choice)
        .forEach((method, own) -> areas.put(method, Metrics.mislabelAuc(own, noisy)));
    return areas;
  }

  private QuerySet queries() {
    progress.update("draw queries", 0, options.generated());
    QuerySet queries =
        QuerySet.of(
            compiled.bundle(),
            data,
            options.generated(),
            options.choosing(),
            heldOut,
            options.steps(),
            options.seed());
    requireSome(queries.indices(false).length, "are reported");
    requireSome(queries.indices(true).length, "choose the ridges");
    if (heldOut != null && heldOut.size() <= options.choosing()) {
      throw new ValidationException(
          "%d held-out images are too few: %d of them only choose ridges; give more"
              .formatted(heldOut.size(), options.choosing()));
    }
    progress.update("draw queries", options.generated(), options.generated());
    return queries;
  }

  private static void requireSome(int queries, String what) {
    if (queries < 2) {
      throw new ValidationException(
          "%d queries that %s are too few; ask for at least 2".formatted(queries, what));
    }
  }

  private double[][] measure(String where, SubsetMasks masks, QuerySet queries) {
    List<SubsetModels> repeats = new ArrayList<>();
    for (int repeat = 0; repeat < options.repeats(); repeat++) {
      repeats.add(models(where + "models" + (repeat == 0 ? "" : "-" + repeat), repeat));
    }
    DenoiserRetraining retraining = new DenoiserRetraining(repeats, bank(), queries);
    return new SubsetStudy(directory.resolve(where + "measured"), workers, progress)
        .run(masks, retraining);
  }

  /**
   * Counterfactuals of the generated queries by one method's scores, once {@link #run} is done.
   *
   * @param method whose top is removed
   * @param shares of the examples to remove
   * @param generations how many of the generated queries, at most
   * @throws ValidationException if there are no scores of the method yet
   */
  public RemovalResult remove(String method, List<Double> shares, int generations) {
    ModelBundle bundle = compiled.bundle();
    int count = Math.min(generations, options.generated());
    float[][] scores = new ReportFiles(directory).scores(method);
    Path removals = directory.resolve("counterfactuals-" + method);
    RemovalStudy study =
        new RemovalStudy(
            removals,
            models(removals.getFileName() + "/models", 0),
            bank(),
            QuerySet.of(bundle, data, count, 0, null, 0, options.seed()),
            bundle.schedule(),
            options.seed());
    return study.run(
        method,
        Arrays.copyOf(scores, count),
        data,
        shares,
        bundle.model().signature().sample().shape(),
        workers,
        progress);
  }

  /** Repeats differ in their initial parameters, order and noise. */
  private SubsetModels models(String name, int repeat) {
    ModelBundle bundle = compiled.bundle();
    return new SubsetModels(
        bundle,
        initial(bundle, repeat),
        data,
        options.training().withSeed(options.training().seed() + repeat),
        options.epochs(),
        directory.resolve(name));
  }

  private MeasurementBank bank() {
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

  private MethodScores scores(QuerySet queries) {
    int train = compiled.bundle().schedule().timesteps();
    int[] grid = TimestepGrid.stratified(train, Math.min(options.features().timesteps(), train));
    return new MethodScores(
        models,
        data,
        queries,
        new FeatureSettings(
            Arrays.stream(grid).boxed().toList(),
            options.features().draws(),
            options.features().noiseSeed(),
            options.lambdas()),
        workers,
        progress);
  }
}
