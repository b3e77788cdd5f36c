package dev.cairn.gradients;

/**
 * The matrix of {@link Projection.Dense}, parameter by parameter: K × elements signs, ±1/√K.
 *
 * <p>The entry of row k and element e of a parameter is the sign at index k × elements + e of the
 * stream (seed, parameter, "dense").
 */
public final class DenseProjection {
  private final long seed;
  private final int dimension;

  public DenseProjection(long seed, int dimension) {
    this.seed = seed;
    this.dimension = dimension;
  }

  /** K × elements, row-major. */
  public float[] matrix(String parameter, int elements) {
    SignGenerator signs = new SignGenerator(seed, parameter, "dense");
    float magnitude = (float) (1 / StrictMath.sqrt(dimension));
    float[] entries = new float[Math.multiplyExact(dimension, elements)];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = signs.signed(i, magnitude);
    }
    return entries;
  }
}
