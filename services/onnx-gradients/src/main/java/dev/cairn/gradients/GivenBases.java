package dev.cairn.gradients;

import java.util.Arrays;
import java.util.Map;

/**
 * P_in and P_out as the first rows of given matrices; random where a layer has none.
 *
 * @param in by layer, dIn × dIn row-major, the most important row first
 * @param out by layer, dOut × dOut row-major
 */
public record GivenBases(Map<String, float[]> in, Map<String, float[]> out, ProjectionBases rest)
    implements ProjectionBases {
  public GivenBases {
    in = Map.copyOf(in);
    out = Map.copyOf(out);
  }

  @Override
  public float[] in(ParameterFeatures layer) {
    float[] rows = in.get(layer.name());
    return rows == null || layer.rIn() == layer.dIn()
        ? rest.in(layer)
        : first(layer, rows, layer.rIn(), layer.dIn());
  }

  @Override
  public float[] out(ParameterFeatures layer) {
    float[] rows = out.get(layer.name());
    return rows == null || layer.rOut() == layer.dOut()
        ? rest.out(layer)
        : first(layer, rows, layer.rOut(), layer.dOut());
  }

  @Override
  public boolean seesElements(ParameterFeatures layer) {
    return !in.containsKey(layer.name()) && rest.seesElements(layer);
  }

  private static float[] first(ParameterFeatures layer, float[] rows, int count, int length) {
    if (rows.length != length * length) {
      throw new GradientException(
          "Basis of '%s' has %d numbers, not %d × %d"
              .formatted(layer.name(), rows.length, length, length));
    }
    return Arrays.copyOf(rows, count * length);
  }
}
