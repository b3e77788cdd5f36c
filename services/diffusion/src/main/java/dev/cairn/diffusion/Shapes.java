package dev.cairn.diffusion;

/** Checks on array lengths. */
final class Shapes {
  private Shapes() {}

  static void requireSameLength(float[] first, float[]... others) {
    for (float[] other : others) {
      if (other.length != first.length) {
        throw new IllegalArgumentException(
            "arrays of %d and %d elements where equal lengths are needed"
                .formatted(first.length, other.length));
      }
    }
  }
}
