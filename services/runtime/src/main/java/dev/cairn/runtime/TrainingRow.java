package dev.cairn.runtime;

import java.util.Map;

/**
 * One row of a training batch.
 *
 * @param sample x_t, flattened
 * @param timestep t
 * @param conditioning the model's further inputs by name, each flattened
 * @param target what the prediction is compared with, flattened
 */
public record TrainingRow(
    float[] sample, long timestep, Map<String, float[]> conditioning, float[] target) {

  public TrainingRow {
    conditioning = Map.copyOf(conditioning);
  }
}
