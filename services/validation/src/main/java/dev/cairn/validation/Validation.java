package dev.cairn.validation;

import dev.cairn.attribution.Progress;
import dev.cairn.diffusion.TimestepGrid;
import dev.cairn.runtime.CompiledBundle;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainableModel;
import dev.cairn.runtime.TrainingData;
import dev.cairn.validation.lds.LdsEvaluation;
import dev.cairn.validation.lds.LdsTable;
import dev.cairn.validation.lds.MethodResult;
import dev.cairn.validation.lds.OutputTable;
import dev.cairn.validation.removal.RemovalResult;
import dev.cairn.validation.removal.RemovalStudy;
import dev.cairn.validation.report.Pictures;
import dev.cairn.validation.report.Report;
import dev.cairn.validation.report.ReportFiles;
import dev.cairn.validation.scores.Method;
import dev.cairn.validation.scores.MethodScores;
import dev.cairn.validation.subsets.DenoiserRetraining;
import dev.cairn.validation.subsets.MeasurementBank;
import dev.cairn.validation.subsets.QuerySet;
import dev.cairn.validation.subsets.SubsetMasks;
import dev.cairn.validation.subsets.SubsetModels;
import dev.cairn.validation.subsets.SubsetStudy;
import dev.cairn.validation.training.InitialBundle;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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
  private final int workers;
  private final Progress progress;

  /**
   * @param data what the model was trained on
   * @param heldOut images that it was not trained on, as further queries; or null
   * @param directory where everything goes
   * @param workers models retrained, and gradients computed, at a time
   */
  public Validation(
      CompiledBundle compiled,
      TrainingData data,
      TrainingData heldOut,
      ValidationOptions options,
      Path directory,
      int workers,
      Progress progress) {
    this.compiled = compiled;
    this.data = data;
    this.heldOut = heldOut;
    this.options = options;
    this.directory = directory;
    this.workers = workers;
    this.progress = progress;
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
    OutputTable outputs = OutputTable.of(measure(masks, queries), queries);
    ReportFiles files = new ReportFiles(directory);
    files.outputs(outputs);

    MethodScores scores = scores(queries);
    List<Method> methods = Method.all();
    scores.prepare(methods, directory.resolve("features"));
    LdsTable table = new LdsTable(new LdsEvaluation(masks, outputs), outputs.sources());
    scores.all(methods, table::add);
    List<String> names =
        Stream.concat(
                methods.stream().map(Method::name),
                Stream.of(MethodScores.PIXEL_DOT, MethodScores.PIXEL_COSINE))
            .toList();
    List<MethodResult> results = table.results(names);
    files.scores(methods, scores, table, outputs);
    Report report = Report.of(options, data.size(), outputs, results);
    files.write(
        report, Pictures.of(files, report, masks, outputs, data, queries, compiled.bundle()));
    return report;
  }

  private QuerySet queries() {
    progress.update("draw queries", 0, options.generated());
    QuerySet queries =
        QuerySet.of(
            compiled.bundle(), data, options.generated(), heldOut, options.steps(), options.seed());
    if (queries.size() < 4) {
      throw new ValidationException(
          "%d queries are too few: half of them choose the ridge; ask for at least 4"
              .formatted(queries.size()));
    }
    progress.update("draw queries", options.generated(), options.generated());
    return queries;
  }

  private double[][] measure(SubsetMasks masks, QuerySet queries) {
    DenoiserRetraining retraining = new DenoiserRetraining(models("models"), bank(), queries);
    return new SubsetStudy(directory.resolve("measured"), workers, progress).run(masks, retraining);
  }

  /**
   * Counterfactuals of the generated queries by one method's scores, once {@link #run} is done.
   *
   * @param method whose top is removed
   * @param shares of the examples to remove
   */
  public RemovalResult remove(String method, List<Double> shares) {
    ModelBundle bundle = compiled.bundle();
    float[][] scores = new ReportFiles(directory).scores(method);
    RemovalStudy study =
        new RemovalStudy(
            directory.resolve("counterfactuals"),
            models("counterfactuals/models"),
            bank(),
            QuerySet.of(bundle, data, options.generated(), null, 0, options.seed()),
            bundle.schedule(),
            options.seed());
    return study.run(
        method,
        Arrays.copyOf(scores, options.generated()),
        data,
        shares,
        bundle.model().signature().sample().shape(),
        workers,
        progress);
  }

  private SubsetModels models(String name) {
    ModelBundle bundle = compiled.bundle();
    return new SubsetModels(
        bundle,
        initial(bundle),
        data,
        options.training(),
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
  private TrainableModel initial(ModelBundle bundle) {
    return TrainableModel.of(
        InitialBundle.redraw(directory.resolve("initial"), bundle, options.seed()).model());
  }

  private MethodScores scores(QuerySet queries) {
    int train = compiled.bundle().schedule().timesteps();
    int[] grid = TimestepGrid.stratified(train, Math.min(options.features().timesteps(), train));
    return new MethodScores(
        compiled,
        data,
        queries,
        new MethodScores.FeatureSettings(
            Arrays.stream(grid).boxed().toList(),
            options.features().draws(),
            options.features().noiseSeed(),
            options.lambdas()),
        workers,
        progress);
  }
}
