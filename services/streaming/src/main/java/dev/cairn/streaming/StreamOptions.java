package dev.cairn.streaming;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What a {@link RecordStream} reads, and how.
 *
 * @param clientProperties Kafka client properties for consumer and producer alike: {@code
 *     bootstrap.servers}, TLS, SASL, tuning. A property that only one of the two knows goes to that
 *     one. What the stream's guarantees rest on (manual commits, acknowledgement by all replicas,
 *     idempotence) cannot be overridden.
 * @param groupId consumer group
 * @param topics topics to read
 * @param deadLetterTopic where records go that cannot be processed
 * @param limits how much is held at once
 * @param delivery what is promised of the outputs
 * @param drainTimeout how long a revoke or a stop waits for what is in flight
 * @param stage the stage's name: tag of metrics, header of dead letters, part of thread names
 */
public record StreamOptions(
    Map<String, Object> clientProperties,
    String groupId,
    List<String> topics,
    String deadLetterTopic,
    FlowLimits limits,
    DeliveryGuarantee delivery,
    Duration drainTimeout,
    String stage) {

  /** Well below the default {@code max.poll.interval.ms}: a revoke drains inside a poll. */
  private static final Duration LONGEST_DRAIN = Duration.ofMinutes(2);

  public StreamOptions {
    clientProperties = Map.copyOf(clientProperties);
    topics = List.copyOf(topics);
    List<String> problems = new ArrayList<>();
    if (!clientProperties.containsKey("bootstrap.servers")) {
      problems.add("clientProperties lack bootstrap.servers");
    }
    if (groupId.isBlank()) {
      problems.add("groupId is blank");
    }
    if (topics.isEmpty()) {
      problems.add("topics are empty");
    }
    if (deadLetterTopic.isBlank()) {
      problems.add("deadLetterTopic is blank");
    }
    if (topics.contains(deadLetterTopic)) {
      problems.add(
          "deadLetterTopic "
              + deadLetterTopic
              + " is also read, so a dead letter would come back for ever");
    }
    if (drainTimeout.isNegative() || drainTimeout.compareTo(LONGEST_DRAIN) > 0) {
      problems.add(
          "drainTimeout must be between 0 and "
              + LONGEST_DRAIN.toSeconds()
              + " s, not "
              + drainTimeout);
    }
    if (stage.isBlank()) {
      problems.add("stage is blank");
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "Stream options of stage '" + stage + "': " + String.join("; ", problems));
    }
  }

  /** At least once. */
  public StreamOptions(
      Map<String, Object> clientProperties,
      String groupId,
      List<String> topics,
      String deadLetterTopic,
      FlowLimits limits,
      Duration drainTimeout,
      String stage) {
    this(
        clientProperties,
        groupId,
        topics,
        deadLetterTopic,
        limits,
        DeliveryGuarantee.AT_LEAST_ONCE,
        drainTimeout,
        stage);
  }

  /** Names the client properties without their values, which may be secrets. */
  @Override
  public String toString() {
    return "StreamOptions[stage=%s, groupId=%s, topics=%s, deadLetterTopic=%s, limits=%s, delivery=%s, drainTimeout=%s, clientProperties=%s]"
        .formatted(
            stage,
            groupId,
            topics,
            deadLetterTopic,
            limits,
            delivery.configName(),
            drainTimeout,
            new TreeSet<>(clientProperties.keySet()));
  }
}
