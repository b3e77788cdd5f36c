package dev.cairn.attributor;

import dev.cairn.attributor.events.PayloadLimits;
import dev.cairn.streaming.StreamOptions;

/**
 * What the gradient stage reads and writes.
 *
 * @param stream where generations come from; its flow limits bound how many are worked on at once
 * @param featuresTopic where features go
 * @param workers threads that read records and prepare rows
 * @param largestEstimateBytes an estimate (x̂_0) up to this size travels with the features, so that
 *     a watcher can show it; a larger one is left out
 * @param payloadLimits what a payload may ask for
 */
public record GradientOptions(
    StreamOptions stream,
    String featuresTopic,
    int workers,
    int largestEstimateBytes,
    PayloadLimits payloadLimits) {

  private static final int DEFAULT_ESTIMATE_BYTES = 256 << 10;

  public GradientOptions {
    if (featuresTopic.isBlank()) {
      throw new IllegalArgumentException("gradient stage: featuresTopic is blank");
    }
    if (stream.topics().contains(featuresTopic)) {
      throw new IllegalArgumentException(
          "gradient stage: featuresTopic %s is also read".formatted(featuresTopic));
    }
    if (workers < 1 || largestEstimateBytes < 0) {
      throw new IllegalArgumentException(
          "gradient stage: workers must be at least 1 and largestEstimateBytes at least 0, got %d and %d"
              .formatted(workers, largestEstimateBytes));
    }
  }

  /** Two workers, estimates up to 256 KiB, the default payload limits. */
  public GradientOptions(StreamOptions stream, String featuresTopic) {
    this(stream, featuresTopic, 2, DEFAULT_ESTIMATE_BYTES, PayloadLimits.DEFAULT);
  }
}
