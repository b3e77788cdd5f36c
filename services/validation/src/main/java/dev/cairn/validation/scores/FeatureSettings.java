package dev.cairn.validation.scores;

import dev.cairn.runtime.CompiledBundle;
import java.util.List;

/**
 * How features are computed.
 *
 * @param timesteps grid of a whole image
 * @param draws noises of a step
 * @param noiseSeed of all features
 * @param lambdas relative ridges to try
 */
public record FeatureSettings(
    List<Integer> timesteps, int draws, long noiseSeed, List<Double> lambdas) {
  public FeatureSettings {
    timesteps = List.copyOf(timesteps);
    lambdas = List.copyOf(lambdas);
  }

  /** Tells directories of features apart. */
  String label(CompiledBundle compiled) {
    return "-m%d-r%d-s%d-%s"
        .formatted(
            timesteps.size(),
            draws,
            noiseSeed,
            compiled.gradients().manifest().graphDigest().substring(0, 8));
  }
}
