package dev.cairn.runtime;

import java.util.Map;

/** The model's inputs beside sample and timestep, by name. */
final class Conditioning {

  private Conditioning() {}

  static float[] require(Map<String, float[]> conditioning, ModelInput input) {
    float[] values = conditioning.get(input.name());
    if (values == null) {
      throw new IllegalArgumentException(
          "the model needs the conditioning input %s %s; it was given %s"
              .formatted(input.name(), input.shape(), conditioning.keySet()));
    }
    return values;
  }
}
