package dev.cairn.attributor.journeys;

import java.nio.ByteBuffer;

/**
 * A sum of float vectors that does not depend, in the float that comes out, on the order of its
 * terms: every element is a pair of doubles, the sum and what rounding lost of it (Knuth's two-sum;
 * Dekker 1971). Features of a generation arrive in another order after a rebalance, and its mean
 * must still have the same bits.
 */
final class VectorSum {
  private final double[] high;
  private final double[] low;

  VectorSum(int dimension) {
    this(new double[dimension], new double[dimension]);
  }

  private VectorSum(double[] high, double[] low) {
    this.high = high;
    this.low = low;
  }

  int dimension() {
    return high.length;
  }

  /**
   * @throws IllegalArgumentException if the vector has another dimension
   */
  void add(float[] vector) {
    if (vector.length != high.length) {
      throw new IllegalArgumentException(
          "a vector of %d added to a sum of %d".formatted(vector.length, high.length));
    }
    for (int i = 0; i < vector.length; i++) {
      double term = vector[i];
      double sum = high[i] + term;
      double termSeen = sum - high[i];
      low[i] += (high[i] - (sum - termSeen)) + (term - termSeen);
      high[i] = sum;
    }
  }

  float[] mean(int count) {
    float[] mean = new float[high.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (float) ((high[i] + low[i]) / count);
    }
    return mean;
  }

  int bytes() {
    return Integer.BYTES + 2 * Double.BYTES * high.length;
  }

  void write(ByteBuffer out) {
    out.putInt(high.length);
    out.asDoubleBuffer().put(high).put(low);
    out.position(out.position() + 2 * Double.BYTES * high.length);
  }

  static VectorSum read(ByteBuffer in) {
    int dimension = in.getInt();
    double[] high = new double[dimension];
    double[] low = new double[dimension];
    in.asDoubleBuffer().get(high).get(low);
    in.position(in.position() + 2 * Double.BYTES * dimension);
    return new VectorSum(high, low);
  }
}
