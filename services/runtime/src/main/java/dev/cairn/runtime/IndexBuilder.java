package dev.cairn.runtime;

import dev.cairn.attribution.AttributionIndex;
import dev.cairn.attribution.FeatureStore;
import dev.cairn.attribution.KernelFit;
import dev.cairn.attribution.Progress;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

/**
 * Featurises every training example and fits the kernel. Shards become durable one by one; a build
 * that is killed and started again goes on with the first shard that is not, and ends with the same
 * bytes as one that was never interrupted.
 */
public final class IndexBuilder {

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
    Deque<CompletableFuture<float[]>> inFlight = new ArrayDeque<>();
    List<Integer> missing = new ArrayList<>();
    long done = 0;
    for (int shard = 0; shard < store.shards(); shard++) {
      if (store.isDone(shard)) {
        done += store.rows(shard);
      } else {
        int first = store.firstRow(shard);
        IntStream.range(first, first + store.rows(shard)).forEach(missing::add);
      }
    }
    Iterator<Integer> next = missing.iterator();
    for (int shard = 0; shard < store.shards(); shard++) {
      if (!store.isDone(shard)) {
        store.write(shard, rows(store.rows(shard), inFlight, next, done));
        done += store.rows(shard);
      }
    }
    progress.update("features", done, data.size());
  }

  /** Features of the next examples, while those after them are on their way already. */
  private float[] rows(
      int count, Deque<CompletableFuture<float[]>> inFlight, Iterator<Integer> next, long done) {
    int dimension = extractor.compiled().gradients().featureDimension();
    float[] rows = new float[Math.multiplyExact(count, dimension)];
    for (int i = 0; i < count; i++) {
      int atOnce = 1;
      while (next.hasNext() && inFlight.size() < atOnce) {
        atOnce = submit(next.next(), inFlight);
      }
      System.arraycopy(join(inFlight.remove()), 0, rows, i * dimension, dimension);
      progress.update("features", done + i + 1, data.size());
    }
    return rows;
  }

  /** Returns how many such examples are worth having in flight. */
  private int submit(int i, Deque<CompletableFuture<float[]>> inFlight) {
    List<Map<String, float[]>> conditionings = data.conditionings(i);
    inFlight.add(extractor.image(data.examples().get(i).id(), data.image(i), conditionings));
    return extractor.examplesAtOnce(conditionings.size());
  }

  private static float[] join(CompletableFuture<float[]> feature) {
    try {
      return feature.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}
