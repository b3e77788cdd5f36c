package dev.cairn.attribution;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The features of all training examples while they are computed, shard by shard. A build that is
 * killed at any moment resumes with the shards that are whole and ends with the same bytes as one
 * that was never interrupted. Shards may be written by several threads; one process at a time holds
 * the directory.
 */
public final class FeatureStore implements AutoCloseable {
  private final IndexFiles files;
  private final FeaturePlan plan;
  private final List<Example> examples;
  private final BuildLock lock;
  private final Set<Integer> done = ConcurrentHashMap.newKeySet();

  private FeatureStore(IndexFiles files, FeaturePlan plan, List<Example> examples, BuildLock lock) {
    this.files = files;
    this.plan = plan;
    this.examples = examples;
    this.lock = lock;
  }

  /**
   * Begins a build, or goes on with the one in this directory; shards that are damaged count as not
   * done.
   *
   * @param dataSha256 of the images, so that a build is not continued with others under the same
   *     ids; empty where the ids name their content
   * @param shardRows examples a shard; a build that goes on keeps the size it began with
   * @throws IndexException if the directory holds a build of other features or other examples, or
   *     another process is at work in it
   */
  public static FeatureStore openOrResume(
      Path directory,
      FeatureProvenance provenance,
      List<Example> examples,
      String dataSha256,
      int shardRows) {
    List<Example> list = List.copyOf(examples);
    requireDistinctIds(list);
    if (shardRows < 1 || (long) shardRows * provenance.featureDimension() * Float.BYTES > 1 << 30) {
      throw new IllegalArgumentException(
          "a shard of %d rows with %d features is not between one row and 1 GiB"
              .formatted(shardRows, provenance.featureDimension()));
    }
    IndexFiles files = new IndexFiles(directory);
    BuildLock lock = BuildLock.take(files);
    try {
      FeaturePlan wanted =
          new FeaturePlan(
              FeaturePlan.VERSION,
              provenance,
              list.size(),
              Sha256.of(Json.lines(list)),
              dataSha256,
              shardRows);
      FeatureStore store = new FeatureStore(files, begin(files, wanted), list, lock);
      store.findFinishedShards();
      return store;
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * As {@link #openOrResume(Path, FeatureProvenance, List, String, int)} for ids that name content.
   */
  public static FeatureStore openOrResume(
      Path directory, FeatureProvenance provenance, List<Example> examples, int shardRows) {
    return openOrResume(directory, provenance, examples, "", shardRows);
  }

  /** Number of shards. */
  public int shards() {
    return Math.ceilDiv(examples.size(), plan.shardRows());
  }

  /** Index of the first example of a shard. */
  public int firstRow(int shard) {
    if (shard < 0 || shard >= shards()) {
      throw new IndexOutOfBoundsException("shard %d of %d".formatted(shard, shards()));
    }
    return shard * plan.shardRows();
  }

  /** Number of examples in a shard. */
  public int rows(int shard) {
    return Math.min(plan.shardRows(), examples.size() - firstRow(shard));
  }

  /** Whether the shard is durable. */
  public boolean isDone(int shard) {
    return done.contains(shard);
  }

  /**
   * Makes one shard durable.
   *
   * @param features rows(shard) × K, row-major
   * @throws IndexException if a feature is not finite, naming the example
   * @throws StorageException if the disk is full; the shard then counts as not done
   */
  public void write(int shard, float[] features) {
    int columns = plan.provenance().featureDimension();
    int first = firstRow(shard);
    if (features.length != rows(shard) * columns) {
      throw new IllegalArgumentException(
          "shard %d has %d × %d features, not %d"
              .formatted(shard, rows(shard), columns, features.length));
    }
    for (int row = 0; row < rows(shard); row++) {
      Finite.check(features, row * columns, columns, examples.get(first + row), first + row);
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(features.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(features);
    new Shard(files.shards(), shard).write(bytes.array());
    done.add(shard);
  }

  /**
   * Joins the shards into {@code features.npy}, writes {@code examples.jsonl}, and removes the
   * shards. Holds no more than a buffer in memory.
   *
   * @throws IllegalStateException if a shard is not done
   */
  public void finish() {
    for (int shard = 0; shard < shards(); shard++) {
      if (!isDone(shard)) {
        throw new IllegalStateException("shard %d of %d is not done".formatted(shard, shards()));
      }
    }
    if (!Files.exists(files.features())) {
      AtomicFile.write(files.examples(), Json.lines(examples));
      AtomicFile.write(
          files.features(),
          channel -> {
            byte[] header =
                NpyHeader.encode(
                    NpyType.FLOAT32, examples.size(), plan.provenance().featureDimension());
            AtomicFile.writeFully(channel, ByteBuffer.wrap(header));
            for (int shard = 0; shard < shards(); shard++) {
              new Shard(files.shards(), shard).appendTo(channel);
            }
          });
    }
    removeShards();
  }

  /** Lets another process at the directory. What is done stays done. */
  @Override
  public void close() {
    lock.close();
  }

  private void findFinishedShards() {
    boolean complete = Files.exists(files.features());
    if (complete) {
      int columns = plan.provenance().featureDimension();
      int[] shape = Npy.shape(files.features());
      if (shape.length != 2 || shape[0] != examples.size() || shape[1] != columns) {
        throw new IndexException(
            "%s is not %d × %d; delete it and run the same command again"
                .formatted(files.features(), examples.size(), columns));
      }
    }
    for (int shard = 0; shard < shards(); shard++) {
      long bytes = (long) rows(shard) * plan.provenance().featureDimension() * Float.BYTES;
      if (complete || new Shard(files.shards(), shard).isWhole(bytes)) {
        done.add(shard);
      }
    }
  }

  private void removeShards() {
    if (!Files.isDirectory(files.shards())) {
      return;
    }
    try {
      for (int shard = 0; shard < shards(); shard++) {
        new Shard(files.shards(), shard).delete();
      }
      // Temporary files of a killed run.
      try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(files.shards())) {
        for (Path leftover : leftovers) {
          Files.delete(leftover);
        }
      }
      Files.delete(files.shards());
    } catch (IOException e) {
      throw StorageException.writing(files.shards(), e);
    }
  }

  private static FeaturePlan begin(IndexFiles files, FeaturePlan wanted) {
    if (!Files.exists(files.plan())) {
      AtomicFile.write(files.plan(), Json.document(wanted));
      return wanted;
    }
    FeaturePlan begun = Json.readDocument(files.plan(), FeaturePlan.class);
    begun
        .obstacle(wanted)
        .ifPresent(
            obstacle -> {
              throw new IndexException(
                  "%s was begun with other settings: %s; choose another directory or delete it"
                      .formatted(files.directory(), obstacle));
            });
    return begun;
  }

  private static void requireDistinctIds(List<Example> examples) {
    if (examples.isEmpty()) {
      throw new IndexException("an index needs at least one example");
    }
    Set<String> ids = new HashSet<>();
    for (Example example : examples) {
      if (!ids.add(example.id())) {
        throw new IndexException("two examples have the id '%s'".formatted(example.id()));
      }
    }
  }
}
