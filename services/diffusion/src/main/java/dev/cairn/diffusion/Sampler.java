package dev.cairn.diffusion;

/** Draws images by walking a list of timesteps from noise to image. Immutable. */
public sealed interface Sampler permits DdpmSampler, DdimSampler {

  /** The timesteps visited, noisiest first. */
  int[] timesteps();

  /** Whether {@link #step} at this index adds noise. */
  boolean needsNoise(int index);

  /**
   * Goes from x at {@code timesteps()[index]} to the next timestep, or to the finished image.
   *
   * @param x latent x_t, d elements
   * @param prediction the network's output at x_t, d elements
   * @param noise standard normal noise, d elements; null where {@link #needsNoise} is false
   * @param denoised written: x̂_0, clipped where the scheduler clips, d elements
   * @param out written: the latent at the next timestep; may be {@code x}
   */
  void step(float[] x, int index, float[] prediction, float[] noise, float[] denoised, float[] out);
}
