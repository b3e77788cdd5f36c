package dev.cairn.runtime;

import dev.cairn.diffusion.NoiseBank;
import dev.cairn.diffusion.Sampler;
import java.util.Map;
import java.util.function.Consumer;

/** Draws images; the same seed and generation id give the same image, bit for bit. */
public final class ImageGenerator {

  private final ModelBundle bundle;
  private final Denoiser denoiser;
  private final Sampler sampler;
  private final NoiseBank noise;

  public ImageGenerator(ModelBundle bundle, Denoiser denoiser, Sampler sampler, long seed) {
    this.bundle = bundle;
    this.denoiser = denoiser;
    this.sampler = sampler;
    this.noise = new NoiseBank(seed);
  }

  /**
   * Draws one image.
   *
   * @param id the generation's id, key of its noise
   * @param conditioning the model's further inputs by name, flattened
   * @param listener hears each step right after the denoiser ran
   * @return x_0, flattened
   */
  public float[] generate(
      String id, Map<String, float[]> conditioning, Consumer<SampledStep> listener) {
    return generate(id, conditioning, Guidance.none(), listener);
  }

  /** The same with guidance; the listener hears the guided prediction, which the sampler used. */
  public float[] generate(
      String id,
      Map<String, float[]> conditioning,
      Guidance guidance,
      Consumer<SampledStep> listener) {
    int elements = bundle.model().signature().sample().elements();
    int[] timesteps = sampler.timesteps();
    float[] x = new float[elements];
    noise.initial(id, x);
    for (int step = 0; step < timesteps.length; step++) {
      float[] prediction = guidance.predict(denoiser, x, timesteps[step], conditioning);
      float[] denoised = new float[elements];
      float[] next = new float[elements];
      sampler.step(x, step, prediction, fresh(id, step, timesteps[step]), denoised, next);
      listener.accept(
          new SampledStep(step, timesteps.length, timesteps[step], x, prediction, denoised));
      x = next;
    }
    return x;
  }

  private float[] fresh(String id, int step, int timestep) {
    if (!sampler.needsNoise(step)) {
      return null;
    }
    float[] fresh = new float[bundle.model().signature().sample().elements()];
    noise.sampling(id, timestep, fresh);
    return fresh;
  }
}
