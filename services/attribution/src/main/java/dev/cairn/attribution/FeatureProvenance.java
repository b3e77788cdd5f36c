package dev.cairn.attribution;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Everything that decides a feature vector's bits, besides the image and its id.
 *
 * @param bundleDigest SHA-256 of the model and its scheduler, hexadecimal
 * @param gradientsDigest SHA-256 of the gradient graph, which fixes parameters and projection
 * @param outputFunction {@code loss}, {@code square} or {@code mean}; of a region, {@code
 *     masked-loss:DIGEST} and so on
 * @param featureDimension K
 * @param draws noises averaged at each timestep
 * @param noiseSeed seed of the noise bank
 * @param normalised whether each row's gradient was scaled to unit norm before averaging
 * @param timesteps averaged over: the training grid, or the one timestep of a step
 */
public record FeatureProvenance(
    String bundleDigest,
    String gradientsDigest,
    String outputFunction,
    int featureDimension,
    int draws,
    long noiseSeed,
    boolean normalised,
    List<Integer> timesteps) {

  private static final String MASKED = "masked-";

  public FeatureProvenance {
    Objects.requireNonNull(bundleDigest, "bundleDigest");
    Objects.requireNonNull(gradientsDigest, "gradientsDigest");
    Objects.requireNonNull(outputFunction, "outputFunction");
    if (featureDimension < 1) {
      throw new IllegalArgumentException(
          "feature dimension is %d, must be positive".formatted(featureDimension));
    }
    timesteps = List.copyOf(timesteps);
  }

  /**
   * Why features of this provenance and of the other must not meet in one inner product, naming
   * both values; empty if they may. Draws and timesteps may differ: a query's step is one timestep
   * with many draws, a training example many timesteps with few. So may the region: examples are
   * scored for a part of a query's output by the gradients of their whole.
   */
  public Optional<String> mismatch(FeatureProvenance other) {
    return report(compatibility(other));
  }

  /** Every difference to the other, naming both values; empty if the two are equal. */
  Optional<String> difference(FeatureProvenance other) {
    List<String> differences = compatibility(other);
    compare("region", region(outputFunction), region(other.outputFunction), differences);
    compare("draws", draws, other.draws, differences);
    compare("timesteps", timesteps, other.timesteps, differences);
    return report(differences);
  }

  private List<String> compatibility(FeatureProvenance other) {
    List<String> differences = new ArrayList<>();
    compare("bundle digest", bundleDigest, other.bundleDigest, differences);
    compare("gradients digest", gradientsDigest, other.gradientsDigest, differences);
    compare("output function", whole(outputFunction), whole(other.outputFunction), differences);
    compare("feature dimension", featureDimension, other.featureDimension, differences);
    compare("noise seed", noiseSeed, other.noiseSeed, differences);
    compare("normalised", normalised, other.normalised, differences);
    return differences;
  }

  /** The output function of which {@code masked-FUNCTION:DIGEST} is a part. */
  private static String whole(String outputFunction) {
    return outputFunction.startsWith(MASKED)
        ? outputFunction.substring(MASKED.length()).split(":", 2)[0]
        : outputFunction;
  }

  private static String region(String outputFunction) {
    return outputFunction.startsWith(MASKED)
        ? outputFunction.substring(outputFunction.indexOf(':') + 1)
        : "of the whole image";
  }

  /** The same, of a region only. */
  public FeatureProvenance within(String regionDigest) {
    return new FeatureProvenance(
        bundleDigest,
        gradientsDigest,
        MASKED + outputFunction + ":" + regionDigest,
        featureDimension,
        draws,
        noiseSeed,
        normalised,
        timesteps);
  }

  private static Optional<String> report(List<String> differences) {
    return differences.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", differences));
  }

  private static void compare(String what, Object mine, Object theirs, List<String> differences) {
    if (!mine.equals(theirs)) {
      differences.add("%s %s is not %s".formatted(what, mine, theirs));
    }
  }
}
