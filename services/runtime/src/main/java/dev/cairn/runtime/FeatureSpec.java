package dev.cairn.runtime;

import dev.cairn.diffusion.OutputFunction;
import java.util.List;

/**
 * How images become feature vectors (METHOD §4); the same for training examples and for queries.
 *
 * @param outputFunction f whose gradient is taken
 * @param timesteps grid that the features of a whole image are averaged over
 * @param draws noise draws at each timestep of a step's features (R)
 * @param noiseSeed seed of the noise bank
 * @param normalised whether each row is scaled to unit norm before averaging
 */
public record FeatureSpec(
    OutputFunction outputFunction,
    List<Integer> timesteps,
    int draws,
    long noiseSeed,
    boolean normalised) {

  /** The reference re-noises each estimate this often [J]. */
  public static final int DEFAULT_DRAWS = 20;

  public FeatureSpec {
    timesteps = List.copyOf(timesteps);
    if (timesteps.isEmpty()) {
      throw new IllegalArgumentException("at least one timestep is needed");
    }
    if (draws < 1) {
      throw new IllegalArgumentException("draws must be at least 1, got " + draws);
    }
  }
}
