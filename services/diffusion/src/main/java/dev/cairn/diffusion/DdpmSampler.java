package dev.cairn.diffusion;

/**
 * Ancestral sampling (Ho et al. 2020, algorithm 2, eq. 7), also on a subset of the timesteps, where
 * the β between visited neighbours is 1 − ᾱ_t/ᾱ_prev (Nichol and Dhariwal 2021, eq. 19). Where
 * diffusers guesses the previous timestep as t − T/steps, this takes the one visited next.
 */
public final class DdpmSampler implements Sampler {
  private final SamplerPath path;
  private final VarianceType variance;

  /**
   * @param timesteps descending
   */
  public DdpmSampler(NoiseSchedule schedule, int[] timesteps) {
    this.path = new SamplerPath(schedule, timesteps);
    this.variance = VarianceType.parse(schedule.config().varianceType());
  }

  /** Samples in this many evenly spaced steps ({@link TimestepSpacing#LINSPACE}). */
  public static DdpmSampler of(NoiseSchedule schedule, int steps) {
    return new DdpmSampler(
        schedule, TimestepSpacing.LINSPACE.timesteps(schedule.timesteps(), steps, 0));
  }

  @Override
  public int[] timesteps() {
    return path.timesteps();
  }

  @Override
  public boolean needsNoise(int index) {
    return !path.isLast(index);
  }

  @Override
  public void step(
      float[] x, int index, float[] prediction, float[] noise, float[] denoised, float[] out) {
    if (needsNoise(index) && noise == null) {
      throw new IllegalArgumentException(
          "the DDPM step from timestep %d needs noise".formatted(path.timestep(index)));
    }
    path.denoise(x, index, prediction, noise, denoised, out);
    double alphaBar = path.alphaBar(index);
    double next = path.nextAlphaBar(index, 1);
    double alpha = alphaBar / next;
    double beta = 1 - alpha;
    double weightDenoised = Math.sqrt(next) * beta / (1 - alphaBar);
    double weightLatent = Math.sqrt(alpha) * (1 - next) / (1 - alphaBar);
    double deviation =
        needsNoise(index)
            ? switch (variance) {
              case FIXED_SMALL -> Math.sqrt((1 - next) / (1 - alphaBar) * beta);
              case FIXED_LARGE -> Math.sqrt(beta);
            }
            : 0;
    for (int i = 0; i < out.length; i++) {
      double mean = weightDenoised * denoised[i] + weightLatent * x[i];
      out[i] = (float) (deviation == 0 ? mean : mean + deviation * noise[i]);
    }
  }
}
