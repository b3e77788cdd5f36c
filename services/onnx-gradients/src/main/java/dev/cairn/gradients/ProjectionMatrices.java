package dev.cairn.gradients;

/**
 * The random matrices of the Kronecker projection, a pure function of (seed, parameter, side).
 *
 * <p>Entries are ±1/√r (Rademacher), so that E[PᵀP] is the identity. The sign of entry i is the top
 * bit of SplitMix64's i-th output in a stream keyed by (seed, name, side): any machine, in any
 * order, makes the same bits.
 */
public final class ProjectionMatrices implements ProjectionBases {
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
  @Override
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

  @Override
  public boolean seesElements(ParameterFeatures layer) {
    return layer.window() > 1 && layer.rIn() >= layer.window() && layer.rIn() < layer.dIn();
  }

  /** P_out of a layer, rOut × dOut row-major; the identity where rOut = dOut. */
  @Override
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
    SignGenerator signs = new SignGenerator(seed, name, side);
    for (int i = 0; i < entries.length; i++) {
      entries[i] = signs.signed(i, magnitude);
    }
    return entries;
  }
}
