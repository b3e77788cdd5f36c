package dev.cairn.attribution;

/** A float32 array in row-major order. Not copied: whoever holds it owns it. */
public final class NpyArray {
  private final int[] shape;
  private final float[] data;

  NpyArray(int[] shape, float[] data) {
    this.shape = shape;
    this.data = data;
  }

  /** Lengths of the axes; empty for a scalar. */
  public int[] shape() {
    return shape;
  }

  /** The elements, the last axis running fastest. */
  public float[] data() {
    return data;
  }
}
