package dev.cairn.diffusion;

/** The fixed variances of a DDPM step (Ho et al. 2020, section 3.2). */
public enum VarianceType {
  /** The posterior variance β̃_t = (1−ᾱ_prev)/(1−ᾱ_t) β_t. */
  FIXED_SMALL,
  /** β_t itself. */
  FIXED_LARGE;

  /**
   * Reads the diffusers spelling. {@code fixed_small_log} is the same variance, stored as a
   * logarithm.
   *
   * @throws IllegalArgumentException for a learned variance and anything unknown
   */
  public static VarianceType parse(String name) {
    return switch (name) {
      case "fixed_small", "fixed_small_log" -> FIXED_SMALL;
      case "fixed_large" -> FIXED_LARGE;
      default ->
          throw new IllegalArgumentException(
              "variance type '%s' is not one of fixed_small, fixed_small_log, fixed_large"
                  .formatted(name));
    };
  }
}
