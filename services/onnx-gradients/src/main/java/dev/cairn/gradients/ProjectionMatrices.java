package dev.cairn.gradients;

import java.nio.charset.StandardCharsets;

/**
 * The random matrices of the Kronecker projection, a pure function of (seed, parameter, side).
 *
 * <p>Entries are ±1/√r (Rademacher), so that E[PᵀP] is the identity. The sign of entry i is the top
 * bit of SplitMix64's i-th output in a stream keyed by (seed, name, side): any machine, in any
 * order, makes the same bits.
 */
public class ProjectionMatrices {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final long FNV_PRIME = 0x100000001B3L;

  private final long seed;

  public ProjectionMatrices(long seed) {
    this.seed = seed;
  }

  /**
   * P_in of a layer, rIn × dIn row-major; the identity where rIn = dIn.
   *
   * <p>A convolution's window is projected element by element: row i looks only at element i mod
   * window of every channel (and at the bias), with entries ±1/√(rows that look there), so that
   * E[P_inᵀ P_in] is still the identity. As a convolution it is then a 1×1 convolution and a shift,
   * a ninth of the work for a 3×3 window, at the same variance for gradients that are spread
   * evenly. Windows with more elements than rows have a dense P_in.
   */
  public float[] in(ParameterFeatures layer) {
    float[] dense = matrix(layer.name(), "in", layer.rIn(), layer.dIn());
    if (!seesElements(layer)) {
      return dense;
    }
    int window = layer.window();
    int weights = layer.dIn() - (layer.bias() == null ? 0 : 1);
    for (int row = 0; row < layer.rIn(); row++) {
      int element = row % window;
      int alike = (layer.rIn() - element + window - 1) / window;
      float magnitude = (float) (1 / StrictMath.sqrt(alike));
      for (int column = 0; column < weights; column++) {
        int index = row * layer.dIn() + column;
        dense[index] = column % window == element ? Math.copySign(magnitude, dense[index]) : 0;
      }
    }
    return dense;
  }

  /** Whether each row of P_in looks at a single element of a convolution's window. */
  public static boolean seesElements(ParameterFeatures layer) {
    return layer.window() > 1 && layer.rIn() >= layer.window() && layer.rIn() < layer.dIn();
  }

  /** P_out of a layer, rOut × dOut row-major; the identity where rOut = dOut. */
  public float[] out(ParameterFeatures layer) {
    return matrix(layer.name(), "out", layer.rOut(), layer.dOut());
  }

  private float[] matrix(String name, String side, int rows, int columns) {
    float[] entries = new float[Math.multiplyExact(rows, columns)];
    if (rows == columns) {
      for (int i = 0; i < rows; i++) {
        entries[i * columns + i] = 1;
      }
      return entries;
    }
    float magnitude = (float) (1 / StrictMath.sqrt(rows));
    long key = key(name, side);
    for (int i = 0; i < entries.length; i++) {
      entries[i] = mix(key + GOLDEN * (i + 1)) < 0 ? -magnitude : magnitude;
    }
    return entries;
  }

  private long key(String name, String side) {
    long hash = 0xCBF29CE484222325L;
    for (byte b : (side + "/" + name).getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return mix(mix(seed + GOLDEN) ^ hash);
  }

  /** The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
