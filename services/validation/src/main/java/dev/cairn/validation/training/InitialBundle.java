package dev.cairn.validation.training;

import dev.cairn.diffusion.BetaSchedule;
import dev.cairn.diffusion.PredictionType;
import dev.cairn.gradients.ParameterFeatures;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainableModel;
import dev.cairn.validation.unet.Initialisation;
import dev.cairn.validation.unet.UnetBuilder;
import dev.cairn.validation.unet.UnetSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;

/** Bundles whose parameters have learnt nothing yet. */
public final class InitialBundle {
  /** DDPM as in Ho et al. 2020, section 4, but for what is named. */
  private static final String SCHEDULER =
      """
      {
       "_class_name": "DDPMScheduler",
       "num_train_timesteps": 1000,
       "beta_start": 0.0001,
       "beta_end": 0.02,
       "beta_schedule": "%s",
       "prediction_type": "%s",
       "clip_sample": true,
       "clip_sample_range": 1.0,
       "variance_type": "fixed_small"
      }
      """;

  private InitialBundle() {}

  /** A new U-Net. */
  public static ModelBundle create(
      Path directory,
      UnetSpec spec,
      PredictionType predictionType,
      BetaSchedule betaSchedule,
      long seed) {
    byte[] scheduler =
        SCHEDULER
            .formatted(betaSchedule.spelling(), predictionType.name().toLowerCase(Locale.ROOT))
            .getBytes(StandardCharsets.UTF_8);
    return TrainedBundle.write(directory, UnetBuilder.build(spec, seed), scheduler);
  }

  /** A bundle's model with all parameters drawn anew. */
  public static ModelBundle redraw(Path directory, ModelBundle bundle, long seed) {
    TrainableModel model = TrainableModel.of(bundle.model());
    return TrainedBundle.write(
        directory,
        Initialisation.of(
            model.original(),
            model.parameters().stream().map(ParameterFeatures::name).collect(Collectors.toSet()),
            seed),
        bundle);
  }
}
