package dev.cairn.attribution;

/** An array of whole numbers in row-major order. Not copied: whoever holds it owns it. */
public final class NpyIntegers {
  private final int[] shape;
  private final long[] data;

  NpyIntegers(int[] shape, long[] data) {
    this.shape = shape;
    this.data = data;
  }

  /** Lengths of the axes; empty for a scalar. */
  public int[] shape() {
    return shape;
  }

  /** The elements, the last axis running fastest. */
  public long[] data() {
    return data;
  }
}
