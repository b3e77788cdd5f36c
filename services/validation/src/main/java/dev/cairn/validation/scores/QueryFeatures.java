package dev.cairn.validation.scores;

import dev.cairn.attribution.Npy;
import dev.cairn.attribution.NpyArray;
import dev.cairn.attribution.Progress;
import dev.cairn.runtime.FeatureExtractor;
import dev.cairn.validation.subsets.Query;
import dev.cairn.validation.subsets.QuerySet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Features of all queries of one kind.
 *
 * @param images query × K, of the final images
 * @param steps step × query × K, of the re-noised estimates
 */
record QueryFeatures(float[][] images, float[][][] steps) {

  /** Computes them, or reads those that were computed before with the same settings. */
  static QueryFeatures of(
      Path file, FeatureExtractor extractor, QuerySet queries, Progress progress) {
    if (!Files.exists(file)) {
      write(file, computed(extractor, queries, progress));
    }
    NpyArray array = Npy.readFloats(file);
    int size = queries.size();
    int columns = array.shape()[1];
    float[][][] targets = new float[1 + queries.timesteps().size()][size][];
    for (int row = 0; row < array.shape()[0]; row++) {
      targets[row / size][row % size] =
          Arrays.copyOfRange(array.data(), row * columns, (row + 1) * columns);
    }
    return new QueryFeatures(targets[0], Arrays.copyOfRange(targets, 1, targets.length));
  }

  /** Final images first, then step by step. */
  private static List<float[]> computed(
      FeatureExtractor extractor, QuerySet queries, Progress progress) {
    List<CompletableFuture<float[]>> all = new ArrayList<>();
    for (Query query : queries.queries()) {
      all.add(extractor.image(query.id(), query.image(), query.conditioning()));
    }
    for (int step = 0; step < queries.timesteps().size(); step++) {
      for (Query query : queries.queries()) {
        int timestep = queries.timesteps().get(step);
        float[] estimate = query.estimates().get(step);
        all.add(extractor.step(query.id(), estimate, timestep, query.conditioning()));
      }
    }
    List<float[]> features = new ArrayList<>();
    for (CompletableFuture<float[]> each : all) {
      features.add(each.join());
      progress.update("features of queries", features.size(), all.size());
    }
    return features;
  }

  private static void write(Path file, List<float[]> features) {
    int columns = features.getFirst().length;
    float[] flat = new float[features.size() * columns];
    for (int i = 0; i < features.size(); i++) {
      System.arraycopy(features.get(i), 0, flat, i * columns, columns);
    }
    Npy.writeFloats(file, new int[] {features.size(), columns}, flat);
  }

  /** The features of some queries: of their final images, then step by step. */
  float[][] rows(boolean ofImages, boolean ofSteps, int[] some) {
    List<float[][]> targets = new ArrayList<>();
    if (ofImages) {
      targets.add(images);
    }
    if (ofSteps) {
      targets.addAll(List.of(steps));
    }
    return targets.stream()
        .flatMap(target -> IntStream.of(some).mapToObj(q -> target[q]))
        .toArray(float[][]::new);
  }
}
