package dev.cairn.attribution;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Small feature builds and indexes. */
final class Builds {
  private Builds() {}

  static FeatureProvenance provenance(int dimension) {
    return new FeatureProvenance(
        "bundle", "gradients", "loss", dimension, 1, 0, false, List.of(100, 300));
  }

  static List<Example> examples(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Example.of("example-" + i, "class-" + i % 3))
        .toList();
  }

  /** Writes these rows as the finished features of a directory. */
  static void features(Path directory, float[][] rows) {
    try (FeatureStore store =
        FeatureStore.openOrResume(
            directory, provenance(rows[0].length), examples(rows.length), rows.length)) {
      store.write(0, flat(rows));
      store.finish();
    }
  }

  /** Fits an index to these rows and gives the scores of each query, query × example. */
  static float[][] scores(
      Path directory, float[][] rows, KernelOptions options, float[]... queries) {
    features(directory, rows);
    KernelFit.fit(directory, options, Progress.none());
    try (AttributionIndex index = AttributionIndex.open(directory)) {
      return java.util.Arrays.stream(queries).map(index::scores).toArray(float[][]::new);
    }
  }

  static float[] flat(float[][] rows) {
    float[] flat = new float[rows.length * rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, flat, i * rows[0].length, rows[0].length);
    }
    return flat;
  }
}
