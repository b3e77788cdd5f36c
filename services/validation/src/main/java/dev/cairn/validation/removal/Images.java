package dev.cairn.validation.removal;

/** Distances of images. */
final class Images {
  private Images() {}

  static double squaredDistance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = (double) a[i] - b[i];
      sum += difference * difference;
    }
    return sum;
  }

  static double distance(float[] a, float[] b) {
    return Math.sqrt(squaredDistance(a, b));
  }
}
