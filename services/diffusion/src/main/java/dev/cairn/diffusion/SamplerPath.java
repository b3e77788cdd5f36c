package dev.cairn.diffusion;

/** A checked list of descending timesteps on a schedule. */
final class SamplerPath {
  private final NoiseSchedule schedule;
  private final int[] timesteps;

  SamplerPath(NoiseSchedule schedule, int[] timesteps) {
    if (timesteps.length == 0) {
      throw new IllegalArgumentException("a sampler needs at least one timestep");
    }
    for (int i = 0; i < timesteps.length; i++) {
      schedule.alphaBar(timesteps[i]);
      if (i > 0 && timesteps[i] >= timesteps[i - 1]) {
        throw new IllegalArgumentException(
            "timesteps must descend, but %d follows %d".formatted(timesteps[i], timesteps[i - 1]));
      }
    }
    this.schedule = schedule;
    this.timesteps = timesteps.clone();
  }

  int[] timesteps() {
    return timesteps.clone();
  }

  int timestep(int index) {
    return timesteps[index];
  }

  boolean isLast(int index) {
    return index == timesteps.length - 1;
  }

  double alphaBar(int index) {
    return schedule.alphaBar(timesteps[index]);
  }

  /** ᾱ of the timestep that follows, {@code end} after the last. */
  double nextAlphaBar(int index, double end) {
    return isLast(index) ? end : alphaBar(index + 1);
  }

  /** Checks one step's arrays and writes x̂_0. */
  void denoise(
      float[] x, int index, float[] prediction, float[] noise, float[] denoised, float[] out) {
    Shapes.requireSameLength(x, prediction, denoised, out);
    if (noise != null) {
      Shapes.requireSameLength(x, noise);
    }
    schedule.denoised(x, prediction, timesteps[index], denoised);
  }
}
