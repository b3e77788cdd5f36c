package dev.cairn.attributor;

import dev.cairn.attributor.events.PayloadFormat;
import dev.cairn.attributor.events.PayloadLimits;
import dev.cairn.streaming.StreamOptions;
import java.time.Duration;

/**
 * What the scoring stage reads and writes.
 *
 * @param stream where features come from; its flow limits bound how many are worked on at once
 * @param attributionsTopic where attributions go
 * @param workers threads that score; each walks the whole index for one feature vector
 * @param top how many of the highest and of the lowest scores a result names
 * @param format how results are written
 * @param deadline how long one record may take, its wait for others included, before it is a dead
 *     letter of class timeout
 * @param payloadLimits what a payload may ask for
 */
public record ScoringOptions(
    StreamOptions stream,
    String attributionsTopic,
    int workers,
    int top,
    PayloadFormat format,
    Duration deadline,
    PayloadLimits payloadLimits) {

  public static final int DEFAULT_TOP = 10;
  public static final Duration DEFAULT_DEADLINE = GradientOptions.DEFAULT_DEADLINE;

  public ScoringOptions {
    if (attributionsTopic.isBlank()) {
      throw new IllegalArgumentException("scoring stage: attributionsTopic is blank");
    }
    if (stream.topics().contains(attributionsTopic)) {
      throw new IllegalArgumentException(
          "scoring stage: attributionsTopic %s is also read".formatted(attributionsTopic));
    }
    if (deadline.toMillis() < 1) {
      throw new IllegalArgumentException(
          "scoring stage: deadline must be at least 1 ms, got " + deadline);
    }
    if (workers < 1 || top < 1) {
      throw new IllegalArgumentException(
          "scoring stage: workers and top must be at least 1, got %d and %d"
              .formatted(workers, top));
    }
  }

  /** Two workers, the top 10 as protobuf, ten minutes a record, the default payload limits. */
  public ScoringOptions(StreamOptions stream, String attributionsTopic) {
    this(
        stream,
        attributionsTopic,
        2,
        DEFAULT_TOP,
        PayloadFormat.PROTOBUF,
        DEFAULT_DEADLINE,
        PayloadLimits.DEFAULT);
  }
}
