package dev.cairn.diffusion;

import java.util.List;
import java.util.Map;

/**
 * The scheduler settings that fix what a model was trained on and how it is sampled, named as in
 * the {@code scheduler_config.json} of the diffusers library.
 *
 * @param numTrainTimesteps T
 * @param betaSchedule spelling of a {@link BetaSchedule}; unused where trainedBetas are given
 * @param trainedBetas the T betas themselves, or empty
 * @param rescaleBetasZeroSnr whether betas are rescaled to ᾱ_{T−1} = 0 (Lin et al. 2024, alg. 1)
 * @param predictionType spelling of a {@link PredictionType}
 * @param clipSample whether samplers clip x̂_0 to [−clipSampleRange, clipSampleRange]
 * @param varianceType spelling of a {@link VarianceType}, for DDPM
 * @param setAlphaToOne whether DDIM's last step goes to ᾱ = 1 rather than ᾱ_0
 * @param stepsOffset added to the timesteps of {@link TimestepSpacing#LEADING}
 */
public record SchedulerConfig(
    int numTrainTimesteps,
    String betaSchedule,
    double betaStart,
    double betaEnd,
    List<Double> trainedBetas,
    boolean rescaleBetasZeroSnr,
    String predictionType,
    boolean clipSample,
    double clipSampleRange,
    String varianceType,
    boolean setAlphaToOne,
    int stepsOffset) {

  /**
   * Checks every setting.
   *
   * @throws IllegalArgumentException with all problems in one line, each named by its key in the
   *     file
   */
  public SchedulerConfig {
    trainedBetas = trainedBetas == null ? List.of() : List.copyOf(trainedBetas);
    SchedulerCheck check = new SchedulerCheck();
    check.that(
        numTrainTimesteps >= 1 && numTrainTimesteps < NoiseBank.LIMIT,
        "num_train_timesteps is %d, must be 1 to %d"
            .formatted(numTrainTimesteps, NoiseBank.LIMIT - 1));
    if (trainedBetas.isEmpty()) {
      check.parses("beta_schedule", betaSchedule, BetaSchedule::parse);
      check.that(
          0 < betaStart && betaStart <= betaEnd && betaEnd < 1,
          "beta_start and beta_end are %s and %s, must satisfy 0 < beta_start <= beta_end < 1"
              .formatted(betaStart, betaEnd));
    } else {
      check.that(
          trainedBetas.size() == numTrainTimesteps,
          "trained_betas has %d entries, must have num_train_timesteps = %d"
              .formatted(trainedBetas.size(), numTrainTimesteps));
      check.that(
          trainedBetas.stream().allMatch(beta -> beta > 0 && beta < 1),
          "trained_betas must lie strictly between 0 and 1");
    }
    check.parses("prediction_type", predictionType, PredictionType::parse);
    check.that(
        !(rescaleBetasZeroSnr && "epsilon".equals(predictionType)),
        "rescale_betas_zero_snr leaves no signal at the last timestep, which prediction_type"
            + " epsilon cannot denoise");
    check.that(
        !rescaleBetasZeroSnr || numTrainTimesteps > 1,
        "rescale_betas_zero_snr needs num_train_timesteps of at least 2");
    check.that(
        !clipSample || (clipSampleRange > 0 && Double.isFinite(clipSampleRange)),
        "clip_sample_range is %s, must be positive".formatted(clipSampleRange));
    check.parses("variance_type", varianceType, VarianceType::parse);
    check.that(
        stepsOffset >= 0 && stepsOffset < numTrainTimesteps,
        "steps_offset is %d, must lie in [0, num_train_timesteps)".formatted(stepsOffset));
    check.report();
  }

  /** The defaults of diffusers' DDPMScheduler: 1000 timesteps, linear, ε, clipped to [−1, 1]. */
  public static SchedulerConfig defaults() {
    return parse(Map.of());
  }

  /**
   * Reads the parsed JSON object of a {@code scheduler_config.json}. Absent keys take the defaults
   * of diffusers' DDPMScheduler; settings that would change the result and are not supported
   * (dynamic thresholding) are refused; the rest is ignored.
   *
   * @throws IllegalArgumentException with all problems in one line
   */
  public static SchedulerConfig parse(Map<String, ?> json) {
    SchedulerFile file = new SchedulerFile(json);
    SchedulerCheck check = new SchedulerCheck();
    check.that(!file.flag("thresholding", false), "thresholding is not supported");
    check.report();
    return new SchedulerConfig(
        file.integer("num_train_timesteps", 1000),
        file.text("beta_schedule", "linear"),
        file.number("beta_start", 1e-4),
        file.number("beta_end", 0.02),
        file.numbers("trained_betas"),
        file.flag("rescale_betas_zero_snr", false),
        file.text("prediction_type", "epsilon"),
        file.flag("clip_sample", true),
        file.number("clip_sample_range", 1.0),
        file.text("variance_type", "fixed_small"),
        file.flag("set_alpha_to_one", true),
        file.integer("steps_offset", 0));
  }
}
