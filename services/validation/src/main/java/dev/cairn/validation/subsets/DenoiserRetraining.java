package dev.cairn.validation.subsets;

import dev.cairn.runtime.Denoiser;
import dev.cairn.runtime.DenoiserModel;

/** Retrains a denoiser and measures its losses at every query. */
public final class DenoiserRetraining implements Retraining {
  private final SubsetModels models;
  private final MeasurementBank bank;
  private final QuerySet queries;

  public DenoiserRetraining(SubsetModels models, MeasurementBank bank, QuerySet queries) {
    this.models = models;
    this.bank = bank;
    this.queries = queries;
  }

  @Override
  public double[] retrain(int number, int[] examples) {
    try (Denoiser denoiser = new Denoiser(DenoiserModel.open(models.file(number, examples)))) {
      return bank.measure(denoiser, queries);
    }
  }
}
