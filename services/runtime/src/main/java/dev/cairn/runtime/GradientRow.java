package dev.cairn.runtime;

import java.util.Map;

/**
 * One evaluation point of the projected vector-Jacobian product F(x_t, t, c; s, o) (METHOD §2).
 *
 * @param sample x_t, flattened
 * @param timestep t
 * @param conditioning the model's further inputs by name, each flattened
 * @param scale s, as long as the prediction
 * @param offset o, as long as the prediction
 */
public record GradientRow(
    float[] sample,
    long timestep,
    Map<String, float[]> conditioning,
    float[] scale,
    float[] offset) {

  public GradientRow {
    conditioning = Map.copyOf(conditioning);
  }
}
