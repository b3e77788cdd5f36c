package dev.cairn.validation.subsets;

import dev.cairn.runtime.Denoiser;
import dev.cairn.runtime.DenoiserModel;
import java.util.List;

/**
 * Retrains a denoiser and measures its losses at every query; where several repeats are given, the
 * mean over them, which has less of the noise of training in it.
 */
public final class DenoiserRetraining implements Retraining {
  private final List<SubsetModels> repeats;
  private final MeasurementBank bank;
  private final QuerySet queries;

  /**
   * @param repeats the same models trained with different seeds, at least one
   */
  public DenoiserRetraining(List<SubsetModels> repeats, MeasurementBank bank, QuerySet queries) {
    this.repeats = List.copyOf(repeats);
    this.bank = bank;
    this.queries = queries;
  }

  @Override
  public int steps(int examples) {
    return repeats.stream().mapToInt(models -> models.steps(examples)).sum();
  }

  @Override
  public double[] retrain(int number, int[] examples, Steps steps) {
    double[] mean = new double[queries.measurements()];
    for (SubsetModels models : repeats) {
      try (Denoiser denoiser =
          new Denoiser(DenoiserModel.open(models.file(number, examples, steps)))) {
        double[] losses = bank.measure(denoiser, queries);
        for (int i = 0; i < mean.length; i++) {
          mean[i] += losses[i] / repeats.size();
        }
      }
    }
    return mean;
  }
}
