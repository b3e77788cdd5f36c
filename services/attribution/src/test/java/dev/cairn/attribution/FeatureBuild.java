package dev.cairn.attribution;

import dev.cairn.diffusion.NoiseBank;
import java.nio.file.Path;

/** A feature build of known rows, which may run in a process of its own. */
final class FeatureBuild {
  static final int EXAMPLES = 101;
  static final int DIMENSION = 37;

  private FeatureBuild() {}

  static FeatureStore open(Path directory, int shardRows) {
    return FeatureStore.openOrResume(
        directory, Builds.provenance(DIMENSION), Builds.examples(EXAMPLES), shardRows);
  }

  /** Computes one shard. */
  static void compute(FeatureStore store, int shard) {
    float[] rows = new float[store.rows(shard) * DIMENSION];
    float[] row = new float[DIMENSION];
    for (int i = 0; i < store.rows(shard); i++) {
      new NoiseBank(0).gaussian("example-" + (store.firstRow(shard) + i), 0, 0, row);
      System.arraycopy(row, 0, rows, i * DIMENSION, DIMENSION);
    }
    store.write(shard, rows);
  }

  /** Computes what is missing and finishes. */
  static void complete(Path directory, int shardRows) {
    try (FeatureStore store = open(directory, shardRows)) {
      for (int shard = 0; shard < store.shards(); shard++) {
        if (!store.isDone(shard)) {
          compute(store, shard);
        }
      }
      store.finish();
    }
  }

  public static void main(String[] arguments) {
    complete(Path.of(arguments[0]), 1);
  }
}
