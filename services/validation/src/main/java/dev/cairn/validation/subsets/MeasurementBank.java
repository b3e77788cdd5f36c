package dev.cairn.validation.subsets;

import dev.cairn.diffusion.NoiseBank;
import dev.cairn.diffusion.NoiseSchedule;
import dev.cairn.diffusion.TimestepGrid;
import dev.cairn.runtime.Denoiser;
import java.util.ArrayList;
import java.util.List;

/**
 * What a model does at a query, measured: its loss over a fixed bank of timesteps and noises, the
 * same for every model (METHOD section 7). The noises are not those of the features.
 */
public final class MeasurementBank {
  private static final int BATCH = 32;

  private final NoiseSchedule schedule;
  private final int[] grid;
  private final int draws;
  private final int stepDraws;
  private final NoiseBank noise;

  /**
   * @param timesteps how many timesteps an image's loss is averaged over, stratified
   * @param draws noises at each of them
   * @param stepDraws noises where a single step's loss is measured
   */
  public MeasurementBank(
      NoiseSchedule schedule, int timesteps, int draws, int stepDraws, long seed) {
    this.schedule = schedule;
    this.grid =
        TimestepGrid.stratified(schedule.timesteps(), Math.min(timesteps, schedule.timesteps()));
    this.draws = draws;
    this.stepDraws = stepDraws;
    this.noise = new NoiseBank(seed);
  }

  /** Losses of every query's final image, then of every query at each step. */
  public double[] measure(Denoiser model, QuerySet queries) {
    double[] losses = new double[queries.measurements()];
    int at = 0;
    for (Query query : queries.queries()) {
      losses[at++] = loss(model, query, query.image(), grid, draws);
    }
    for (int step = 0; step < queries.timesteps().size(); step++) {
      int[] timestep = {queries.timesteps().get(step)};
      for (Query query : queries.queries()) {
        losses[at++] = loss(model, query, query.estimates().get(step), timestep, stepDraws);
      }
    }
    return losses;
  }

  private double loss(Denoiser model, Query query, float[] x0, int[] timesteps, int count) {
    List<Denoiser.Point> points = new ArrayList<>();
    List<float[]> targets = new ArrayList<>();
    for (int t : timesteps) {
      for (int draw = 0; draw < count; draw++) {
        float[] epsilon = new float[x0.length];
        noise.gaussian("measurement/" + query.id(), t, draw, epsilon);
        float[] sample = new float[x0.length];
        schedule.addNoise(x0, epsilon, t, sample);
        float[] target = new float[x0.length];
        schedule.target(x0, epsilon, t, target);
        points.add(new Denoiser.Point(sample, t, query.conditioning()));
        targets.add(target);
      }
    }
    double sum = 0;
    for (int first = 0; first < points.size(); first += BATCH) {
      int end = Math.min(points.size(), first + BATCH);
      float[][] predictions = model.predict(points.subList(first, end));
      for (int i = first; i < end; i++) {
        sum += meanSquare(predictions[i - first], targets.get(i));
      }
    }
    return sum / points.size();
  }

  private static double meanSquare(float[] prediction, float[] target) {
    double sum = 0;
    for (int i = 0; i < target.length; i++) {
      double error = (double) prediction[i] - target[i];
      sum += error * error;
    }
    return sum / target.length;
  }
}
