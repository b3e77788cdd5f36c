package dev.cairn.attribution;

/** Refuses features that are not finite: one would spoil every score of the index. */
final class Finite {
  private Finite() {}

  static void check(float[] values, int start, int count, Example example, int index) {
    for (int i = 0; i < count; i++) {
      if (!Float.isFinite(values[start + i])) {
        throw new IndexException(
            "feature %d of example '%s' (index %d) is %s; check that image and the model's output"
                    .formatted(i, example.id(), index, values[start + i])
                + " for it");
      }
    }
  }
}
