package dev.cairn.attributor;

import static dev.cairn.schemas.v1.DeadLetterClass.NOT_FINITE;

import dev.cairn.attributor.events.RejectedException;

/** The estimate x̂_0 = E[x_0 | x_t] that stands for a step (METHOD §1). */
final class Estimates {
  private Estimates() {}

  /**
   * The producer's own estimate where it sent one; otherwise from its prediction, with guidance as
   * it used it; otherwise from a forward pass of the model, which blocks the calling worker.
   *
   * @return x̂_0, clipped where the model's scheduler clips
   */
  static float[] of(GenerationReader.Step step, int timestep) {
    if (step.denoised() != null) {
      return step.denoised();
    }
    ServedModel model = step.model();
    float[] prediction =
        step.prediction() != null
            ? step.prediction()
            : model.denoiser().predict(step.latent(), timestep, step.conditioning());
    float[] denoised = new float[prediction.length];
    model.bundle().schedule().denoised(step.latent(), prediction, timestep, denoised);
    for (float value : denoised) {
      // ᾱ may be 0 at the last timestep of a zero-SNR schedule: x̂_0 is then undefined.
      if (!Float.isFinite(value)) {
        throw new RejectedException(
            NOT_FINITE,
            "the estimate of x_0 from latent and prediction at timestep %d is not finite; send denoised"
                .formatted(timestep));
      }
    }
    return denoised;
  }
}
