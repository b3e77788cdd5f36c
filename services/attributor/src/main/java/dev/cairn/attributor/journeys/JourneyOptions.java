package dev.cairn.attributor.journeys;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is averaged, and when a mean is complete.
 *
 * @param clientProperties Kafka client properties, the bootstrap servers among them
 * @param group consumer group, and prefix of the internal topics
 * @param featuresTopic where features are read from, and means are written to
 * @param timeout a generation of which nothing was heard for so long is emitted incomplete; also
 *     how long one that was emitted is remembered, so that a repeated step does not begin it anew
 * @param tags names of the tags whose values generations are averaged over; may be empty
 * @param window length of the time windows of those means, by the time of the source records
 * @param grace how long after its end a window still takes generations
 */
public record JourneyOptions(
    Map<String, Object> clientProperties,
    String group,
    String featuresTopic,
    Duration timeout,
    Set<String> tags,
    Duration window,
    Duration grace) {

  public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(10);
  public static final Duration DEFAULT_WINDOW = Duration.ofMinutes(5);

  public JourneyOptions {
    clientProperties = Map.copyOf(clientProperties);
    tags = Collections.unmodifiableSet(new TreeSet<>(tags));
    List<String> problems = new ArrayList<>();
    if (group.isBlank()) {
      problems.add("group is blank");
    }
    if (featuresTopic.isBlank()) {
      problems.add("featuresTopic is blank");
    }
    if (timeout.toMillis() < 1 || window.toMillis() < 1 || grace.isNegative()) {
      problems.add(
          "timeout and window must be at least 1 ms and grace not negative, got %s, %s and %s"
              .formatted(timeout, window, grace));
    }
    if (tags.stream().anyMatch(tag -> tag.isBlank() || tag.contains("="))) {
      problems.add("tags must not be blank or hold an equals sign, got " + tags);
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("journeys: " + String.join("; ", problems));
    }
  }

  /** Names the client properties without their values, which may be secrets. */
  @Override
  public String toString() {
    return "JourneyOptions[group=%s, featuresTopic=%s, timeout=%s, tags=%s, window=%s, grace=%s]"
        .formatted(group, featuresTopic, timeout, tags, window, grace);
  }
}
