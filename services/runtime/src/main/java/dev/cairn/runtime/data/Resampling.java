package dev.cairn.runtime.data;

/**
 * Resizing by a triangle filter that widens when it shrinks, as Pillow's BILINEAR and torchvision's
 * antialiased Resize do; separable, one axis at a time.
 */
final class Resampling {

  /** For each output position: the first input position, and the weights from there on. */
  private record Taps(int[] first, float[][] weights) {}

  private Resampling() {}

  /**
   * Resizes one axis of a block laid out outer × from × inner.
   *
   * @return outer × to × inner
   */
  static float[] axis(float[] block, int outer, int from, int inner, int to) {
    if (from == to) {
      return block;
    }
    Taps taps = taps(from, to);
    float[] resized = new float[outer * to * inner];
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < to; i++) {
        int target = (o * to + i) * inner;
        float[] weights = taps.weights()[i];
        for (int k = 0; k < weights.length; k++) {
          int source = (o * from + taps.first()[i] + k) * inner;
          for (int j = 0; j < inner; j++) {
            resized[target + j] += weights[k] * block[source + j];
          }
        }
      }
    }
    return resized;
  }

  /** Pixel centres lie at halves, so a position i of the output sits at (i + ½)·from/to. */
  private static Taps taps(int from, int to) {
    double ratio = (double) from / to;
    double support = Math.max(1.0, ratio);
    int[] first = new int[to];
    float[][] weights = new float[to][];
    for (int i = 0; i < to; i++) {
      double centre = (i + 0.5) * ratio;
      int start = Math.max(0, (int) (centre - support + 0.5));
      int end = Math.min(from, (int) (centre + support + 0.5));
      double[] raw = new double[end - start];
      double sum = 0;
      for (int k = 0; k < raw.length; k++) {
        raw[k] = Math.max(0, 1 - Math.abs((start + k + 0.5 - centre) / support));
        sum += raw[k];
      }
      first[i] = start;
      weights[i] = new float[raw.length];
      for (int k = 0; k < raw.length; k++) {
        weights[i][k] = (float) (raw[k] / sum);
      }
    }
    return new Taps(first, weights);
  }
}
