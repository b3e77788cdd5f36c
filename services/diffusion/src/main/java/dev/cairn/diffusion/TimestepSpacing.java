package dev.cairn.diffusion;

/**
 * Which of the training timesteps a sampler visits, noisiest first (Lin et al. 2024, table 2), with
 * the rounding of the diffusers library.
 */
public enum TimestepSpacing {
  /** Evenly from the last timestep to 0, both included. One step visits the last timestep. */
  LINSPACE {
    @Override
    int timestep(int index, int trainTimesteps, int steps, int offset) {
      return steps == 1
          ? trainTimesteps - 1
          : (int) Math.rint((steps - 1 - index) * ((trainTimesteps - 1.0) / (steps - 1)));
    }
  },
  /** Multiples of ⌊T/steps⌋ from 0, plus the scheduler's offset. */
  LEADING {
    @Override
    int timestep(int index, int trainTimesteps, int steps, int offset) {
      return (steps - 1 - index) * (trainTimesteps / steps) + offset;
    }
  },
  /** Multiples of T/steps counted down from T, less one. */
  TRAILING {
    @Override
    int timestep(int index, int trainTimesteps, int steps, int offset) {
      return (int) Math.rint(trainTimesteps - index * ((double) trainTimesteps / steps)) - 1;
    }
  };

  abstract int timestep(int index, int trainTimesteps, int steps, int offset);

  /**
   * The timesteps in the order in which a sampler visits them.
   *
   * @param offset added to each timestep of {@link #LEADING} ({@code steps_offset})
   * @throws IllegalArgumentException unless 1 ≤ steps ≤ trainTimesteps and all lie in [0,
   *     trainTimesteps)
   */
  public int[] timesteps(int trainTimesteps, int steps, int offset) {
    if (steps < 1 || steps > trainTimesteps) {
      throw new IllegalArgumentException(
          "%d sampling steps where 1 to %d are possible".formatted(steps, trainTimesteps));
    }
    int[] timesteps = new int[steps];
    for (int i = 0; i < steps; i++) {
      timesteps[i] = timestep(i, trainTimesteps, steps, offset);
    }
    if (timesteps[0] >= trainTimesteps) {
      throw new IllegalArgumentException(
          "%d steps with steps_offset %d start at timestep %d, past the last, %d"
              .formatted(steps, offset, timesteps[0], trainTimesteps - 1));
    }
    return timesteps;
  }

  /**
   * Reads the diffusers spelling.
   *
   * @throws IllegalArgumentException for anything but linspace, leading, trailing
   */
  public static TimestepSpacing parse(String name) {
    return switch (name) {
      case "linspace" -> LINSPACE;
      case "leading" -> LEADING;
      case "trailing" -> TRAILING;
      default ->
          throw new IllegalArgumentException(
              "timestep spacing '%s' is not one of linspace, leading, trailing".formatted(name));
    };
  }
}
