package dev.cairn.attribution;

/**
 * Inner products of one query with many rows, summed in double in a fixed order: element k goes to
 * lane k mod 64, lanes are added in their order. The order is what a vector unit can follow, and
 * the same on machines that have none.
 */
final class InnerProduct {
  private static final int LANES = 64;

  private final double[][] query;
  private final int length;
  private final double[] lanes = new double[LANES];

  InnerProduct(float[] query) {
    this.length = query.length;
    this.query = new double[Math.ceilDiv(length, LANES)][LANES];
    for (int k = 0; k < length; k++) {
      this.query[k / LANES][k % LANES] = query[k];
    }
  }

  /** ⟨query, row⟩. Not for use by several threads. */
  double with(float[] row) {
    java.util.Arrays.fill(lanes, 0);
    int whole = length / LANES;
    for (int block = 0; block < whole; block++) {
      addBlock(lanes, query[block], row, block * LANES);
    }
    for (int k = whole * LANES; k < length; k++) {
      lanes[k % LANES] += query[whole][k % LANES] * row[k];
    }
    double sum = 0;
    for (double lane : lanes) {
      sum += lane;
    }
    return sum;
  }

  // Kept apart and small, so that the compiler vectorises it.
  private static void addBlock(double[] lanes, double[] query, float[] row, int start) {
    for (int j = 0; j < LANES; j++) {
      lanes[j] += query[j] * row[start + j];
    }
  }
}
