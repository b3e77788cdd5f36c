package dev.cairn.attributor;

import dev.cairn.runtime.Denoiser;
import dev.cairn.runtime.FeatureExtractor;
import dev.cairn.runtime.ModelBundle;

/**
 * A model whose generations are attributed. Opened and closed by whoever composes the process,
 * after the stages that use it are undeployed.
 *
 * @param bundle its shapes and schedule
 * @param features computes features of its steps and images
 * @param denoiser computes the prediction of steps that come without one
 */
public record ServedModel(ModelBundle bundle, FeatureExtractor features, Denoiser denoiser) {

  /** The shape of one image or latent, without a batch axis. */
  int[] sampleShape() {
    return bundle.model().signature().sample().shape().stream()
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
