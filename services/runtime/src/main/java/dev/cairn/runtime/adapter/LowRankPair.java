package dev.cairn.runtime.adapter;

/**
 * What an adapter adds to one layer's weight: s B A (Hu et al., LoRA, 2021).
 *
 * @param module the layer's module, as the file calls it
 * @param down A, [rank, in, kernel…]
 * @param up B, [out, rank, 1…]
 * @param scale s
 */
record LowRankPair(String module, Factor down, Factor up, double scale) {

  /** A matrix, or a convolution's kernel. */
  record Factor(long[] shape, float[] values) {

    /** Elements of one of the first axis. */
    long perRow() {
      return shape.length == 0 || shape[0] == 0 ? 0 : values.length / shape[0];
    }
  }

  int rank() {
    return Math.toIntExact(down.shape()[0]);
  }

  /** s B A, [out, in × kernel]. */
  double[][] product() {
    int rank = rank();
    int columns = Math.toIntExact(down.perRow());
    double[][] product = new double[Math.toIntExact(up.shape()[0])][columns];
    for (int row = 0; row < product.length; row++) {
      for (int r = 0; r < rank; r++) {
        double factor = scale * up.values()[row * rank + r];
        for (int column = 0; column < columns; column++) {
          product[row][column] += factor * down.values()[r * columns + column];
        }
      }
    }
    return product;
  }
}
