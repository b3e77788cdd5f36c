package dev.cairn.validation.subsets;

import dev.cairn.diffusion.DdimSampler;
import dev.cairn.diffusion.NoiseSchedule;
import dev.cairn.runtime.Denoiser;
import dev.cairn.runtime.ImageGenerator;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainingData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The queries of a validation.
 *
 * @param queries generated ones first
 * @param timesteps of the steps that are validated one by one, noisiest first
 */
public record QuerySet(List<Query> queries, List<Integer> timesteps) {
  private static final int SAMPLER_STEPS = 50;

  public QuerySet {
    queries = List.copyOf(queries);
    timesteps = List.copyOf(timesteps);
  }

  public int size() {
    return queries.size();
  }

  /** Numbers of the queries that choose ridges, or of those that are reported. */
  public int[] indices(boolean choosing) {
    return IntStream.range(0, size()).filter(q -> queries.get(q).choosing() == choosing).toArray();
  }

  /** The reported queries. */
  public QuerySet reported() {
    return new QuerySet(queries.stream().filter(q -> !q.choosing()).toList(), timesteps);
  }

  /** Measurements of one model: of the final image of every query, then of each step. */
  public int measurements() {
    return size() * (1 + timesteps.size());
  }

  /**
   * Draws images with the model (DDIM, {@value #SAMPLER_STEPS} steps), and takes others as they
   * are.
   *
   * @param generated how many to report; the k-th is conditioned like the k-th training example
   * @param choosing how many more to draw, and how many held-out images, at the end, to take, for
   *     the choice of ridges only
   * @param heldOut images that the model has not been trained on, or null
   * @param steps how many steps of the trajectory are validated, evenly spread
   */
  public static QuerySet of(
      ModelBundle bundle,
      TrainingData data,
      int generated,
      int choosing,
      TrainingData heldOut,
      int steps,
      long seed) {
    DdimSampler sampler = sampler(bundle.schedule());
    List<Integer> visited =
        IntStream.range(0, steps)
            .map(s -> (int) ((2L * s + 1) * SAMPLER_STEPS / (2L * steps)))
            .boxed()
            .toList();
    List<Query> queries = new ArrayList<>();
    try (Denoiser denoiser = new Denoiser(bundle.model())) {
      ImageGenerator generator = new ImageGenerator(bundle, denoiser, sampler, seed);
      for (int k = 0; k < generated + choosing; k++) {
        queries.add(
            generate(
                generator,
                "query-" + k,
                k >= generated,
                data.conditioning(k % data.size()),
                visited));
      }
    }
    for (int i = 0; heldOut != null && i < heldOut.size(); i++) {
      float[] image = heldOut.image(i);
      queries.add(
          new Query(
              "held-out-" + i,
              Query.Source.HELD_OUT,
              i >= heldOut.size() - choosing,
              heldOut.examples().get(i).label(),
              image,
              heldOut.conditioning(i),
              visited.stream().map(_ -> image).toList()));
    }
    int[] timesteps = sampler.timesteps();
    return new QuerySet(queries, visited.stream().map(s -> timesteps[s]).toList());
  }

  /** The sampler that generated queries are drawn with. */
  public static DdimSampler sampler(NoiseSchedule schedule) {
    return DdimSampler.of(schedule, Math.min(SAMPLER_STEPS, schedule.timesteps()), 0);
  }

  private static Query generate(
      ImageGenerator generator,
      String id,
      boolean choosing,
      Map<String, float[]> conditioning,
      List<Integer> visited) {
    List<float[]> estimates = new ArrayList<>();
    float[] image =
        generator.generate(
            id,
            conditioning,
            step -> {
              if (visited.contains(step.step())) {
                estimates.add(step.denoised());
              }
            });
    return new Query(id, Query.Source.GENERATED, choosing, "", image, conditioning, estimates);
  }
}
