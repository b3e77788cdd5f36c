package dev.cairn.validation;

import dev.cairn.attribution.Metrics;
import dev.cairn.attribution.Progress;
import dev.cairn.diffusion.TimestepGrid;
import dev.cairn.runtime.CompiledBundle;
import dev.cairn.runtime.TrainingData;
import dev.cairn.validation.lds.LabelRetrieval;
import dev.cairn.validation.lds.LdsEvaluation;
import dev.cairn.validation.lds.LdsTable;
import dev.cairn.validation.lds.OutputTable;
import dev.cairn.validation.lds.RidgeChoice;
import dev.cairn.validation.report.Pictures;
import dev.cairn.validation.report.Report;
import dev.cairn.validation.report.ReportFiles;
import dev.cairn.validation.scores.FeatureSettings;
import dev.cairn.validation.scores.Method;
import dev.cairn.validation.scores.MethodScores;
import dev.cairn.validation.subsets.LabelGroups;
import dev.cairn.validation.subsets.QuerySet;
import dev.cairn.validation.subsets.SubsetMasks;
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
  private final Retrainings retrainings;
  private final int workers;
  private final Progress progress;

  /**
   * @param data what the model was trained on
   * @param heldOut images that it was not trained on, as further queries; or null
   * @param directory where everything goes
   * @param workers models retrained, and gradients computed, at a time
   * @throws ValidationException if the directory holds another validation
   */
  public Validation(
      CompiledBundle compiled,
      TrainingData data,
      TrainingData heldOut,
      ValidationOptions options,
      Path directory,
      int workers,
      Progress progress) {
    new Plan(directory).require(compiled, data, heldOut, options);
    this.compiled = compiled;
    this.data = data;
    this.heldOut = heldOut;
    this.options = options;
    this.directory = directory;
    this.retrainings = new Retrainings(compiled, data, options, directory);
    this.workers = workers;
    this.progress = progress;
  }

  /** Counterfactuals by the scores of a validation that is done. */
  public Counterfactuals counterfactuals() {
    return new Counterfactuals(retrainings, workers, progress);
  }

  /** Runs it, or what is left of it. */
  public Report run(Comparison comparison) {
    SubsetMasks masks =
        SubsetMasks.random(options.subsets(), data.size(), options.share(), options.seed());
    masks.write(directory.resolve("subsets.npy"));
    QuerySet queries = queries();
    OutputTable measured =
        OutputTable.of(retrainings.measure("", masks, queries, workers, progress), queries);
    OutputTable outputs = measured.only(queries.indices(false));
    ReportFiles files = new ReportFiles(directory);
    files.outputs(outputs);

    RidgeChoice choice =
        new RidgeChoice(new LdsEvaluation(masks, measured.only(queries.indices(true))));
    LdsTable table = new LdsTable(new LdsEvaluation(masks, outputs));
    Optional<LdsTable> groups =
        comparison.leavingGroupsOut() ? Optional.of(groups(queries)) : Optional.empty();
    LabelRetrieval labels = new LabelRetrieval(queries.reported().queries(), data.examples());
    List<LabelRetrieval.Result> retrieval = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<Method> methods = comparison.methods();
    String reference = comparison.reference();
    MethodScores scores = scores(queries, comparison.ensemble());
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
                comparison
                    .mislabelled()
                    .map(file -> mislabelled(file, scores.selfInfluence(methods, choice)))
                    .orElse(Map.of()));
    files.write(
        report,
        Pictures.of(files, report, masks, outputs, data, queries.reported(), compiled.bundle()));
    return report;
  }

  /** Models that each lack one class: does the sum of its scores say what it does? */
  private LdsTable groups(QuerySet queries) {
    SubsetMasks masks = LabelGroups.masks(data.examples());
    masks.write(directory.resolve("groups/subsets.npy"));
    OutputTable measured =
        OutputTable.of(retrainings.measure("groups/", masks, queries, workers, progress), queries);
    return new LdsTable(new LdsEvaluation(masks, measured.only(queries.indices(false))));
  }

  private Map<String, Double> mislabelled(Path file, Map<String, double[]> selfInfluence) {
    Set<Integer> noisy = Mislabelled.read(file, data.size());
    Map<String, Double> areas = new LinkedHashMap<>();
    selfInfluence.forEach((method, own) -> areas.put(method, Metrics.mislabelAuc(own, noisy)));
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

  private MethodScores scores(QuerySet queries, List<CompiledBundle> ensemble) {
    int train = compiled.bundle().schedule().timesteps();
    int[] grid = TimestepGrid.stratified(train, Math.min(options.features().timesteps(), train));
    return new MethodScores(
        Stream.concat(Stream.of(compiled), ensemble.stream()).toList(),
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
