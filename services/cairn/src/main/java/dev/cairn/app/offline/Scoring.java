package dev.cairn.app.offline;

import dev.cairn.app.CommandFailure;
import dev.cairn.app.process.QuerySpec;
import dev.cairn.attribution.AttributionIndex;
import dev.cairn.attribution.Npy;
import dev.cairn.attribution.Progress;
import dev.cairn.runtime.BundleHint;
import dev.cairn.runtime.CompiledBundle;
import dev.cairn.runtime.EngineOptions;
import dev.cairn.runtime.FeatureExtractor;
import dev.cairn.runtime.FeatureSpec;
import dev.cairn.runtime.GradientEngine;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** Scores queries from a file against an index, without a stream. */
public final class Scoring {

  /** Enough to keep every worker busy, few enough that noise is not made long before its use. */
  private static final int IN_FLIGHT = 16;

  private Scoring() {}

  /**
   * Writes a queries × examples matrix, float32, in the order of the two.
   *
   * @param queries .npy of images (rows × C×H×W), or of x̂_0 where a timestep is given; or any data
   *     set of pictures
   * @param timestep step at which the queries are estimates; without it they are final images
   * @param bundle where the index's bundle is now; null: where it was when the index was made
   * @param prompts further inputs of the queries in a .npy
   * @return number of queries
   * @throws CommandFailure if the queries do not fit the model or the timestep the schedule
   */
  public static int run(
      Path indexDirectory,
      Path queries,
      OptionalInt timestep,
      Path bundle,
      Queries.Prompts prompts,
      Path out,
      Progress progress)
      throws IOException {
    try (AttributionIndex index = AttributionIndex.open(indexDirectory)) {
      CompiledBundle compiled = BundleHint.open(indexDirectory, index, bundle);
      requireWithinSchedule(timestep, compiled.bundle().schedule().timesteps());
      try (Queries images = Queries.open(queries, compiled.bundle(), prompts);
          GradientEngine engine =
              new GradientEngine(
                  compiled.gradients(),
                  EngineOptions.of(compiled.gradients()),
                  new SimpleMeterRegistry())) {
        FeatureExtractor extractor =
            new FeatureExtractor(
                compiled,
                QuerySpec.of(index.manifest().provenance(), FeatureSpec.DEFAULT_DRAWS),
                engine);
        float[] scores = scores(extractor, index, images, timestep, progress);
        Npy.writeFloats(out, new int[] {images.size(), index.size()}, scores);
        return images.size();
      }
    }
  }

  private static float[] scores(
      FeatureExtractor extractor,
      AttributionIndex index,
      Queries images,
      OptionalInt timestep,
      Progress progress) {
    float[] scores = new float[Math.multiplyExact(images.size(), index.size())];
    Deque<CompletableFuture<float[]>> inFlight = new ArrayDeque<>();
    int submitted = 0;
    for (int row = 0; row < images.size(); row++) {
      while (submitted < images.size() && inFlight.size() < IN_FLIGHT) {
        inFlight.add(feature(extractor, submitted, images, timestep));
        submitted++;
      }
      float[] rowScores = index.scores(inFlight.remove().join());
      System.arraycopy(rowScores, 0, scores, row * index.size(), index.size());
      progress.update("Scoring", row + 1L, images.size());
    }
    return scores;
  }

  private static CompletableFuture<float[]> feature(
      FeatureExtractor extractor, int row, Queries queries, OptionalInt timestep) {
    // The id is the key of the noise: a query's scores depend on its row, not on the other rows.
    String id = "query-" + row;
    float[] image = queries.image(row);
    List<Map<String, float[]>> conditionings = queries.conditionings(row);
    return timestep.isPresent()
        ? extractor.step(id, image, timestep.getAsInt(), conditionings.getFirst())
        : extractor.image(id, image, conditionings);
  }

  private static void requireWithinSchedule(OptionalInt timestep, int timesteps) {
    if (timestep.isPresent() && (timestep.getAsInt() < 0 || timestep.getAsInt() >= timesteps)) {
      throw new CommandFailure(
          "--timestep %d lies outside the model's schedule, 0 to %d"
              .formatted(timestep.getAsInt(), timesteps - 1));
    }
  }
}
