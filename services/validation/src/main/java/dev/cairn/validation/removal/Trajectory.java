package dev.cairn.validation.removal;

import dev.cairn.diffusion.NoiseBank;
import dev.cairn.diffusion.Sampler;
import dev.cairn.runtime.Denoiser;
import dev.cairn.validation.subsets.Query;

/** Draws a query's image again from its own noise, with one model or with two in turn. */
final class Trajectory {
  private final Sampler sampler;
  private final NoiseBank noise;

  /**
   * @param sampler deterministic, as the queries were drawn with
   * @param seed of the queries' noise
   */
  Trajectory(Sampler sampler, long seed) {
    this.sampler = sampler;
    this.noise = new NoiseBank(seed);
  }

  /** The image that one model draws. */
  float[] image(Query query, Denoiser model) {
    return image(query, model, model, 0, 0);
  }

  /**
   * The image where the second model acts only in some steps (Journey, section 5.2).
   *
   * @param from first step of the second model
   * @param to step after its last
   */
  float[] image(Query query, Denoiser model, Denoiser other, int from, int to) {
    int[] timesteps = sampler.timesteps();
    float[] x = new float[query.image().length];
    noise.initial(query.id(), x);
    for (int step = 0; step < timesteps.length; step++) {
      Denoiser acting = step >= from && step < to ? other : model;
      float[] prediction = acting.predict(x, timesteps[step], query.conditioning());
      float[] next = new float[x.length];
      sampler.step(x, step, prediction, null, new float[x.length], next);
      x = next;
    }
    return x;
  }

  /** Steps of one trajectory. */
  int steps() {
    return sampler.timesteps().length;
  }
}
