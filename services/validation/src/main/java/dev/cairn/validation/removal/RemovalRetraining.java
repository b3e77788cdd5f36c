package dev.cairn.validation.removal;

import dev.cairn.runtime.Denoiser;
import dev.cairn.runtime.DenoiserModel;
import dev.cairn.validation.subsets.MeasurementBank;
import dev.cairn.validation.subsets.Query;
import dev.cairn.validation.subsets.QuerySet;
import dev.cairn.validation.subsets.Retraining;
import dev.cairn.validation.subsets.SubsetModels;
import java.nio.file.Path;

/**
 * Retrains without some examples, and puts out for every query its loss, how far its image has
 * moved where the retrained model acts in one window of steps only, and the image that it draws
 * itself.
 */
final class RemovalRetraining implements Retraining {
  private final SubsetModels models;
  private final MeasurementBank bank;
  private final QuerySet queries;
  private final Trajectory trajectory;
  private final RemovalPlan plan;
  private final int windows;
  private final Path whole;

  /**
   * @param plan says which query a model is for; of others it puts out zeros
   * @param windows equal parts of the trajectory in which the retrained model acts alone
   * @param whole the model that was trained on everything
   */
  RemovalRetraining(
      SubsetModels models,
      MeasurementBank bank,
      QuerySet queries,
      Trajectory trajectory,
      RemovalPlan plan,
      int windows,
      Path whole) {
    this.models = models;
    this.bank = bank;
    this.queries = queries;
    this.trajectory = trajectory;
    this.plan = plan;
    this.windows = windows;
    this.whole = whole;
  }

  @Override
  public int steps(int examples) {
    return models.steps(examples);
  }

  /** Outputs a query. */
  static int width(int windows, int elements) {
    return 1 + windows + elements;
  }

  @Override
  public double[] retrain(int number, int[] examples, Steps steps) {
    int elements = queries.queries().getFirst().image().length;
    int width = width(windows, elements);
    double[] outputs = new double[queries.size() * width];
    try (Denoiser model = new Denoiser(DenoiserModel.open(models.file(number, examples, steps)));
        Denoiser base = new Denoiser(DenoiserModel.open(whole))) {
      double[] losses = bank.measure(model, queries);
      for (int q : plan.models().get(number).queries(queries.size())) {
        Query query = queries.queries().get(q);
        outputs[q * width] = losses[q];
        float[] before = trajectory.image(query, base);
        for (int w = 0; w < windows; w++) {
          int from = w * trajectory.steps() / windows;
          int to = (w + 1) * trajectory.steps() / windows;
          float[] moved = trajectory.image(query, base, model, from, to);
          outputs[q * width + 1 + w] = Images.distance(before, moved);
        }
        float[] image = trajectory.image(query, model);
        for (int i = 0; i < elements; i++) {
          outputs[q * width + 1 + windows + i] = image[i];
        }
      }
    }
    return outputs;
  }
}
