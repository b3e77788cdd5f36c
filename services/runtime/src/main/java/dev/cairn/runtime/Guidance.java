package dev.cairn.runtime;

import java.util.Map;

/**
 * Classifier-free guidance (Ho and Salimans, arXiv 2207.12598, equation 6): the sampler uses p(∅) +
 * scale · (p(c) − p(∅)), p being the model's prediction with and without the condition c.
 *
 * @param unconditional inputs that stand for no condition, by name, flattened; the encoded empty or
 *     negative prompt
 * @param scale 1: the condition alone, one forward pass a step
 */
public record Guidance(Map<String, float[]> unconditional, double scale) {

  public Guidance {
    unconditional = Map.copyOf(unconditional);
    if (!Double.isFinite(scale)) {
      throw new IllegalArgumentException("the guidance scale must be finite, not " + scale);
    }
  }

  /** The condition alone. */
  public static Guidance none() {
    return new Guidance(Map.of(), 1);
  }

  float[] predict(Denoiser denoiser, float[] x, int timestep, Map<String, float[]> conditioning) {
    float[] conditional = denoiser.predict(x, timestep, conditioning);
    if (scale == 1) {
      return conditional;
    }
    float[] free = denoiser.predict(x, timestep, unconditional);
    float[] guided = new float[free.length];
    for (int i = 0; i < guided.length; i++) {
      guided[i] = (float) (free[i] + scale * (conditional[i] - free[i]));
    }
    return guided;
  }
}
