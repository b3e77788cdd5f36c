package dev.cairn.diffusion;

/**
 * Sampling by denoising diffusion implicit models (Song et al. 2021, eq. 12 and 16): deterministic
 * at η = 0. As in diffusers, clipping x̂_0 leaves the predicted noise as it is.
 */
public final class DdimSampler implements Sampler {
  private final SamplerPath path;
  private final PredictionType predictionType;
  private final double eta;
  private final double finalAlphaBar;

  /**
   * @param timesteps descending
   * @param eta share of the DDPM variance, in [0, 1]
   */
  public DdimSampler(NoiseSchedule schedule, int[] timesteps, double eta) {
    if (!(eta >= 0 && eta <= 1)) {
      throw new IllegalArgumentException("eta is %s, must lie in [0, 1]".formatted(eta));
    }
    this.path = new SamplerPath(schedule, timesteps);
    this.predictionType = schedule.predictionType();
    this.eta = eta;
    this.finalAlphaBar = schedule.config().setAlphaToOne() ? 1 : schedule.alphaBar(0);
  }

  /** Samples in this many evenly spaced steps ({@link TimestepSpacing#LINSPACE}). */
  public static DdimSampler of(NoiseSchedule schedule, int steps, double eta) {
    return new DdimSampler(
        schedule, TimestepSpacing.LINSPACE.timesteps(schedule.timesteps(), steps, 0), eta);
  }

  @Override
  public int[] timesteps() {
    return path.timesteps();
  }

  @Override
  public boolean needsNoise(int index) {
    return eta > 0 && !path.isLast(index);
  }

  @Override
  public void step(
      float[] x, int index, float[] prediction, float[] noise, float[] denoised, float[] out) {
    boolean noisy = needsNoise(index);
    if (noisy && noise == null) {
      throw new IllegalArgumentException(
          "the DDIM step from timestep %d with eta %s needs noise"
              .formatted(path.timestep(index), eta));
    }
    path.denoise(x, index, prediction, noise, denoised, out);
    double alphaBar = path.alphaBar(index);
    double next = path.nextAlphaBar(index, finalAlphaBar);
    double deviation =
        noisy ? eta * Math.sqrt((1 - next) / (1 - alphaBar) * (1 - alphaBar / next)) : 0;
    double weightDenoised = Math.sqrt(next);
    // Rounding may take the difference a hair below zero at η = 1.
    double weightEpsilon = Math.sqrt(Math.max(0, 1 - next - deviation * deviation));
    // Into out last, because out may be x.
    float[] epsilon = new float[x.length];
    predictionType.epsilon(x, prediction, alphaBar, epsilon);
    for (int i = 0; i < out.length; i++) {
      double mean = weightDenoised * denoised[i] + weightEpsilon * epsilon[i];
      out[i] = (float) (noisy ? mean + deviation * noise[i] : mean);
    }
  }
}
