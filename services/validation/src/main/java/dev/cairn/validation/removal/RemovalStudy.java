package dev.cairn.validation.removal;

import dev.cairn.attribution.AtomicFile;
import dev.cairn.attribution.Progress;
import dev.cairn.diffusion.NoiseSchedule;
import dev.cairn.runtime.TrainingData;
import dev.cairn.validation.Json;
import dev.cairn.validation.ValidationException;
import dev.cairn.validation.subsets.MeasurementBank;
import dev.cairn.validation.subsets.QuerySet;
import dev.cairn.validation.subsets.SubsetMasks;
import dev.cairn.validation.subsets.SubsetModels;
import dev.cairn.validation.subsets.SubsetStudy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Counterfactuals: retrains without the top of each query, and beside it without as many nearest
 * and random examples; draws each query again from the same noise (METHOD section 7).
 */
public final class RemovalStudy {
  private static final int WINDOWS = 5;

  private final Path directory;
  private final SubsetModels models;
  private final MeasurementBank bank;
  private final QuerySet queries;
  private final NoiseSchedule schedule;
  private final long seed;

  /**
   * @param directory of this study
   * @param models trained in a directory of their own
   * @param queries generated ones only, without steps
   * @param seed that the queries were drawn with
   */
  public RemovalStudy(
      Path directory,
      SubsetModels models,
      MeasurementBank bank,
      QuerySet queries,
      NoiseSchedule schedule,
      long seed) {
    this.directory = directory;
    this.models = models;
    this.bank = bank;
    this.queries = queries;
    this.schedule = schedule;
    this.seed = seed;
  }

  /**
   * Runs the study, or what is left of it; writes {@code counterfactuals.json} and {@code .html}.
   *
   * @param scores of the method, query × example
   * @param shares of the examples to remove
   * @param nearest whether to retrain without the nearest by pixels, too
   */
  public RemovalResult run(
      String method,
      float[][] scores,
      TrainingData data,
      List<Double> shares,
      boolean nearest,
      List<Integer> imageShape,
      int workers,
      Progress progress) {
    RemovalPlan plan = RemovalPlan.of(queries.queries(), scores, data, shares, nearest, seed);
    SubsetMasks masks = plan.masks(data.size());
    Path subsets = directory.resolve("subsets.npy");
    if (Files.exists(subsets) && !masks.matches(subsets)) {
      throw new ValidationException(
          "%s: is of counterfactuals of other scores, shares or queries; give those again, or remove the directory"
              .formatted(subsets));
    }
    masks.write(subsets);
    Path whole = models.file(0, masks.indices(0), _ -> {});
    Trajectory trajectory = new Trajectory(QuerySet.sampler(schedule), seed);
    RemovalRetraining retraining =
        new RemovalRetraining(models, bank, queries, trajectory, plan, WINDOWS, whole);
    double[][] outputs =
        new SubsetStudy(directory.resolve("measured"), workers, progress).run(masks, retraining);
    int elements = queries.queries().getFirst().image().length;
    RemovalOutputs table = new RemovalOutputs(plan, outputs, queries.size(), WINDOWS, elements);
    RemovalResult result = table.result(method, shares);
    AtomicFile.write(directory.resolve("counterfactuals.json"), Json.bytes(result));
    String page = new RemovalPage(result, table, shares, imageShape).page();
    AtomicFile.write(
        directory.resolve("counterfactuals.html"), page.getBytes(StandardCharsets.UTF_8));
    return result;
  }
}
