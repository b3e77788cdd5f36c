package dev.cairn.attributor;

import dev.cairn.attributor.events.PayloadLimits;
import dev.cairn.streaming.StreamOptions;
import java.time.Duration;

/**
 * What the gradient stage reads and writes.
 *
 * @param stream where generations come from; its flow limits bound how many are worked on at once
 * @param featuresTopic where features go
 * @param workers threads that read records and prepare rows
 * @param largestEstimateBytes an estimate (x̂_0) up to this size travels with the features, so that
 *     a watcher can show it; a larger one is left out
 * @param deadline how long one record may take, its wait for others included, before it is a dead
 *     letter of class timeout
 * @param payloadLimits what a payload may ask for
 */
public record GradientOptions(
    StreamOptions stream,
    String featuresTopic,
    int workers,
    int largestEstimateBytes,
    Duration deadline,
    PayloadLimits payloadLimits) {

  private static final int DEFAULT_ESTIMATE_BYTES = 256 << 10;

  /** Long: a record that waits behind a full queue of slow ones is an honest record. */
  public static final Duration DEFAULT_DEADLINE = Duration.ofMinutes(10);

  public GradientOptions {
    if (featuresTopic.isBlank()) {
      throw new IllegalArgumentException("gradient stage: featuresTopic is blank");
    }
    if (stream.topics().contains(featuresTopic)) {
      throw new IllegalArgumentException(
          "gradient stage: featuresTopic %s is also read".formatted(featuresTopic));
    }
    if (deadline.toMillis() < 1) {
      throw new IllegalArgumentException(
          "gradient stage: deadline must be at least 1 ms, got " + deadline);
    }
    if (workers < 1 || largestEstimateBytes < 0) {
      throw new IllegalArgumentException(
          "gradient stage: workers must be at least 1 and largestEstimateBytes at least 0, got %d and %d"
              .formatted(workers, largestEstimateBytes));
    }
  }

  /** Two workers, estimates up to 256 KiB, ten minutes a record, the default payload limits. */
  public GradientOptions(StreamOptions stream, String featuresTopic) {
    this(stream, featuresTopic, 2, DEFAULT_ESTIMATE_BYTES, DEFAULT_DEADLINE, PayloadLimits.DEFAULT);
  }
}
