package dev.cairn.diffusion;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How β_t runs over the training timesteps, with the names and formulas of the diffusers library
 * (schedulers/scheduling_ddpm.py), in double precision.
 */
public enum BetaSchedule {
  /** β evenly spaced from start to end (Ho et al. 2020). */
  LINEAR {
    @Override
    double beta(int t, int count, double start, double end) {
      return linspace(start, end, t, count);
    }
  },
  /** √β evenly spaced from √start to √end (Rombach et al. 2022). */
  SCALED_LINEAR {
    @Override
    double beta(int t, int count, double start, double end) {
      double root = linspace(Math.sqrt(start), Math.sqrt(end), t, count);
      return root * root;
    }
  },
  /** ᾱ follows a squared cosine, β at most 0.999 (Nichol and Dhariwal 2021, eq. 17). */
  SQUAREDCOS_CAP_V2 {
    @Override
    double beta(int t, int count, double start, double end) {
      return Math.min(
          1 - cosineAlphaBar((t + 1.0) / count) / cosineAlphaBar((double) t / count), 0.999);
    }
  },
  /** β follows a logistic curve over [−6, 6] (GeoDiff, Xu et al. 2022). */
  SIGMOID {
    @Override
    double beta(int t, int count, double start, double end) {
      double logistic = 1 / (1 + StrictMath.exp(-linspace(-6, 6, t, count)));
      return logistic * (end - start) + start;
    }
  };

  /** β at timestep t of {@code count}. */
  abstract double beta(int t, int count, double start, double end);

  /**
   * Reads the diffusers spelling, for example {@code scaled_linear}.
   *
   * @throws IllegalArgumentException naming the known schedules
   */
  public static BetaSchedule parse(String name) {
    return Arrays.stream(values())
        .filter(schedule -> schedule.spelling().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "beta schedule '%s' is not one of %s"
                        .formatted(
                            name,
                            Arrays.stream(values())
                                .map(BetaSchedule::spelling)
                                .collect(Collectors.joining(", ")))));
  }

  /** The diffusers spelling. */
  public String spelling() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static double linspace(double start, double end, int i, int count) {
    return count == 1 ? start : start + i * ((end - start) / (count - 1));
  }

  private static double cosineAlphaBar(double share) {
    double cosine = StrictMath.cos((share + 0.008) / 1.008 * Math.PI / 2);
    return cosine * cosine;
  }
}
