package dev.cairn.runtime;

/**
 * One step of a sampler, as an image service would publish it.
 *
 * @param step 0-based position in the sampler's sequence
 * @param stepCount length of that sequence
 * @param timestep t
 * @param latent x_t, the denoiser's input
 * @param prediction what the denoiser returned
 * @param denoised x̂_0, clipped where the scheduler clips
 */
public record SampledStep(
    int step, int stepCount, int timestep, float[] latent, float[] prediction, float[] denoised) {}
