package dev.cairn.runtime;

import dev.cairn.attribution.AttributionIndex;
import dev.cairn.attribution.FeatureStore;
import dev.cairn.attribution.KernelFit;
import dev.cairn.attribution.Progress;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Featurises every training example and fits the kernel. Shards become durable one by one; a build
 * that is killed and started again goes on with the first shard that is not, and ends with the same
 * bytes as one that was never interrupted.
 */
public final class IndexBuilder {

  /** Shards computed at once: the engine never idles while one is being written. */
  private static final int SHARDS_IN_FLIGHT = 2;

  private final FeatureExtractor extractor;
  private final TrainingData data;
  private final Progress progress;

  private IndexBuilder(FeatureExtractor extractor, TrainingData data, Progress progress) {
    this.extractor = extractor;
    this.data = data;
    this.progress = progress;
  }

  /**
   * Builds an index, or finishes one that was begun with the same bundle, data and settings.
   *
   * @param directory where the index goes
   * @return the finished index, open
   */
  public static AttributionIndex build(
      FeatureExtractor extractor,
      TrainingData data,
      IndexOptions options,
      Path directory,
      Progress progress) {
    IndexBuilder builder = new IndexBuilder(extractor, data, progress);
    try (FeatureStore store =
        FeatureStore.openOrResume(
            directory,
            extractor.imageProvenance(),
            data.examples(),
            data.digest(),
            options.shardRows())) {
      builder.featurise(store);
      store.finish();
    }
    BundleHint.write(directory, extractor.compiled().bundle());
    List<Integer> layers = extractor.compiled().gradients().manifest().layers();
    KernelFit.fit(directory, options.kernel().withLayers(layers), progress);
    return AttributionIndex.open(directory);
  }

  private void featurise(FeatureStore store) {
    Deque<Pending> inFlight = new ArrayDeque<>();
    long done = 0;
    for (int shard = 0; shard < store.shards(); shard++) {
      if (store.isDone(shard)) {
        done += store.rows(shard);
        continue;
      }
      inFlight.add(submit(store, shard));
      if (inFlight.size() == SHARDS_IN_FLIGHT) {
        done = complete(store, inFlight.remove(), done);
      }
    }
    while (!inFlight.isEmpty()) {
      done = complete(store, inFlight.remove(), done);
    }
    progress.update("features", done, data.size());
  }

  private record Pending(int shard, List<CompletableFuture<float[]>> features) {}

  private Pending submit(FeatureStore store, int shard) {
    List<CompletableFuture<float[]>> features = new ArrayList<>();
    int first = store.firstRow(shard);
    for (int i = first; i < first + store.rows(shard); i++) {
      features.add(
          extractor.image(data.examples().get(i).id(), data.image(i), data.conditioning(i)));
    }
    return new Pending(shard, features);
  }

  private long complete(FeatureStore store, Pending pending, long done) {
    int dimension = extractor.compiled().gradients().featureDimension();
    float[] rows = new float[Math.multiplyExact(pending.features().size(), dimension)];
    for (int i = 0; i < pending.features().size(); i++) {
      System.arraycopy(join(pending.features().get(i)), 0, rows, i * dimension, dimension);
      progress.update("features", done + i + 1, data.size());
    }
    store.write(pending.shard(), rows);
    return done + pending.features().size();
  }

  private static float[] join(CompletableFuture<float[]> feature) {
    try {
      return feature.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}
