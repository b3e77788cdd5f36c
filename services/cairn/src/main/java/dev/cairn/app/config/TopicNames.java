package dev.cairn.app.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The names of the topics, in the order of a record's journey.
 *
 * @param generations steps and final images as image services publish them
 * @param features mean projected gradients
 * @param attributions results
 * @param deadLetters what could not be processed
 * @param compression how what is written there is compressed: none, gzip, snappy, lz4 or zstd
 */
public record TopicNames(
    String generations,
    String features,
    String attributions,
    String deadLetters,
    String compression) {

  private static final String NAME = "[a-zA-Z0-9._-]{1,249}";
  private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");

  /** The names that everything uses unless told otherwise. */
  public static TopicNames defaults() {
    return new TopicNames(
        "cairn.generations", "cairn.features", "cairn.attributions", "cairn.dead-letters", "lz4");
  }

  static TopicNames read(Section topics) {
    TopicNames defaults = defaults();
    Map<String, String> names = new LinkedHashMap<>();
    names.put("generations", topics.text("generations", defaults.generations()));
    names.put("features", topics.text("features", defaults.features()));
    names.put("attributions", topics.text("attributions", defaults.attributions()));
    names.put("dead-letters", topics.text("dead-letters", defaults.deadLetters()));
    String compression = topics.text("compression", defaults.compression());
    if (!CODECS.contains(compression)) {
      topics.problem("compression", "must be one of %s, not %s".formatted(CODECS, compression));
    }
    topics.rejectUnknownKeys();
    names.forEach(
        (key, name) -> {
          if (!name.matches(NAME)) {
            topics.problem(
                key, "'%s' is no topic name; use letters, digits, '.', '_', '-'".formatted(name));
          }
          // A stage that reads what it writes would feed itself for ever.
          names.entrySet().stream()
              .takeWhile(earlier -> !earlier.getKey().equals(key))
              .filter(earlier -> earlier.getValue().equals(name))
              .forEach(
                  earlier ->
                      topics.problem(key, "is the same topic as topics." + earlier.getKey()));
        });
    List<String> inOrder = List.copyOf(names.values());
    return new TopicNames(
        inOrder.get(0), inOrder.get(1), inOrder.get(2), inOrder.get(3), compression);
  }

  /** All four. */
  public Stream<String> all() {
    return Stream.of(generations, features, attributions, deadLetters);
  }
}
