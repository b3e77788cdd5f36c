package dev.cairn.validation.scores;

import dev.cairn.attribution.Progress;
import dev.cairn.runtime.FeatureExtractor;
import dev.cairn.validation.subsets.Query;
import dev.cairn.validation.subsets.QuerySet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Features of all queries of one kind.
 *
 * @param images query × K, of the final images
 * @param steps step × query × K, of the re-noised estimates
 */
record QueryFeatures(float[][] images, float[][][] steps) {

  static QueryFeatures of(FeatureExtractor extractor, QuerySet queries, Progress progress) {
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
    float[][][] features = new float[1 + queries.timesteps().size()][queries.size()][];
    for (int i = 0; i < all.size(); i++) {
      features[i / queries.size()][i % queries.size()] = all.get(i).join();
      progress.update("features of queries", i + 1, all.size());
    }
    float[][][] steps = Arrays.copyOfRange(features, 1, features.length);
    return new QueryFeatures(features[0], steps);
  }

  /** The mean over all steps, query × K. */
  float[][] trajectories() {
    if (steps.length == 0) {
      return images;
    }
    float[][] means = new float[images.length][images[0].length];
    for (float[][] step : steps) {
      for (int q = 0; q < means.length; q++) {
        for (int k = 0; k < means[q].length; k++) {
          means[q][k] += step[q][k] / steps.length;
        }
      }
    }
    return means;
  }
}
