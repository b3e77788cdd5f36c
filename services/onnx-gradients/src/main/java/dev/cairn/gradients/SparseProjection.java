package dev.cairn.gradients;

/**
 * The matrix of {@link Projection.Sketched}: coordinate i goes to one of K targets, with a sign.
 *
 * <p>Both come from the bits at index i of the stream (seed, "", "sketch"): the sign is the top
 * bit, the target the low 32 bits, read as a fraction of K.
 */
public final class SparseProjection {
  private final SignGenerator random;
  private final int dimension;

  public SparseProjection(long seed, int dimension) {
    this.random = new SignGenerator(seed, "", "sketch");
    this.dimension = dimension;
  }

  /** The target of coordinate i, from 0 to K − 1. */
  public int target(int i) {
    return (int) ((random.bits(i) & 0xFFFFFFFFL) * dimension >>> 32);
  }

  /** 1 or −1. */
  public int sign(int i) {
    return random.bits(i) < 0 ? -1 : 1;
  }
}
