package dev.cairn.runtime;

import dev.cairn.attribution.KernelOptions;

/**
 * How an index is built.
 *
 * @param shardRows examples that become durable together; a killed build repeats at most one and
 *     what was on its way
 * @param kernel kernel of the scores
 */
public record IndexOptions(int shardRows, KernelOptions kernel) {

  private static final int DEFAULT_SHARD_ROWS = 50;

  public IndexOptions {
    if (shardRows < 1) {
      throw new IllegalArgumentException("shardRows must be at least 1, got " + shardRows);
    }
  }

  /** Shards of 50 examples and the given kernel. */
  public static IndexOptions of(KernelOptions kernel) {
    return new IndexOptions(DEFAULT_SHARD_ROWS, kernel);
  }
}
