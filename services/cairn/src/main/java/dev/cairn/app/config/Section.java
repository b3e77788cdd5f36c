package dev.cairn.app.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One section of the configuration, read key by key. A value in the environment takes precedence:
 * {@code kafka.bootstrap-servers} is {@code CAIRN_KAFKA_BOOTSTRAP_SERVERS}. What is wrong is
 * collected, and a default stands in, so that reading goes on to the next problem.
 */
final class Section {

  private final String path;
  private final JsonNode node;
  private final Map<String, String> environment;
  private final Problems problems;
  private final Set<String> known = new LinkedHashSet<>();

  Section(String path, JsonNode node, Map<String, String> environment, Problems problems) {
    this.path = path;
    this.node = node;
    this.environment = environment;
    this.problems = problems;
    if (!node.isObject() && !node.isMissingNode() && !node.isNull()) {
      problems.add(
          path.isEmpty() ? "(top)" : path, "must be a section of keys, not " + shown(node));
    }
  }

  /** A section that may be absent: all its keys then take their defaults. */
  Section section(String key) {
    known.add(key);
    return new Section(pathOf(key), node.path(key), environment, problems);
  }

  /** A list of sections; absent means empty. */
  List<Section> sections(String key) {
    known.add(key);
    JsonNode list = node.path(key);
    List<Section> sections = new ArrayList<>();
    if (list.isArray()) {
      for (int i = 0; i < list.size(); i++) {
        sections.add(new Section(pathOf(key) + "[" + i + "]", list.get(i), environment, problems));
      }
    } else if (!list.isMissingNode() && !list.isNull()) {
      problems.add(pathOf(key), "must be a list, one entry a line beginning with '-'");
    }
    return sections;
  }

  /** Words separated by commas, without what surrounds them; absent means none. */
  Set<String> words(String key) {
    return Arrays.stream(text(key, "").split(","))
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** A text, or {@code fallback} where it is absent. */
  String text(String key, String fallback) {
    String value = scalar(key);
    return value == null ? fallback : value;
  }

  /** A text that must be there. */
  String requiredText(String key, String what) {
    String value = scalar(key);
    if (value == null || value.isBlank()) {
      problems.add(pathOf(key), "is missing; give " + what);
      return "";
    }
    return value;
  }

  /** A text that only the environment may hold. */
  Optional<String> secret(String key) {
    return Optional.ofNullable(environment.get(variable(pathOf(key))));
  }

  /** A path, relative to {@code base} unless absolute; null where it is absent. */
  Path path(String key, Path base) {
    String value = scalar(key);
    return value == null || value.isBlank() ? null : base.resolve(value).normalize();
  }

  /** A whole number from {@code min} to {@code max}. */
  long whole(String key, long fallback, long min, long max) {
    String value = scalar(key);
    if (value == null) {
      return fallback;
    }
    try {
      long number = Long.parseLong(value.strip().replace("_", ""));
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Reported below, like a number out of range.
    }
    problems.add(
        pathOf(key), "must be a whole number from %d to %d, not %s".formatted(min, max, value));
    return fallback;
  }

  /** As {@link #whole}, for values that fit an int. */
  int count(String key, int fallback, int min, int max) {
    return (int) whole(key, fallback, min, max);
  }

  /** true or false. */
  boolean flag(String key, boolean fallback) {
    String value = scalar(key);
    if (value == null) {
      return fallback;
    }
    return switch (value.strip().toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> {
        problems.add(pathOf(key), "must be true or false, not " + value);
        yield fallback;
      }
    };
  }

  /**
   * Free keys with scalar values, passed through as they are. The environment may add to them:
   * below {@code kafka.properties}, {@code CAIRN_KAFKA_PROPERTIES_SASL_MECHANISM} is {@code
   * sasl.mechanism}.
   */
  Map<String, String> properties(String key) {
    known.add(key);
    Map<String, String> properties = new LinkedHashMap<>();
    JsonNode free = node.path(key);
    if (!free.isObject() && !free.isMissingNode() && !free.isNull()) {
      problems.add(pathOf(key), "must be a section of properties, not " + shown(free));
    }
    free.properties()
        .forEach(
            entry -> {
              if (entry.getValue().isContainerNode()) {
                problems.add(pathOf(key) + "." + entry.getKey(), "must be a single value");
              } else {
                properties.put(entry.getKey(), entry.getValue().asText());
              }
            });
    String prefix = variable(pathOf(key)) + "_";
    environment.forEach(
        (name, value) -> {
          if (name.startsWith(prefix)) {
            String suffix = name.substring(prefix.length()).toLowerCase(Locale.ROOT);
            properties.put(suffix.replace('_', '.'), value);
          }
        });
    return properties;
  }

  /** Reports a problem with a key's value that only the caller can judge. */
  void problem(String key, String what) {
    problems.add(pathOf(key), what);
  }

  /** Reports every key that nothing has asked for, with the nearest known one. */
  void rejectUnknownKeys() {
    if (!node.isObject()) {
      return;
    }
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                problems.add(pathOf(key), "is not a known key" + Spelling.suggestion(key, known));
              }
            });
  }

  private String scalar(String key) {
    known.add(key);
    String override = environment.get(variable(pathOf(key)));
    if (override != null) {
      return override;
    }
    JsonNode value = node instanceof MissingNode ? node : node.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (value.isContainerNode()) {
      problems.add(pathOf(key), "must be a single value, not " + shown(value));
      return null;
    }
    return value.asText();
  }

  private String pathOf(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** Name of the environment variable that overrides {@code path}. */
  static String variable(String path) {
    return "CAIRN_"
        + path.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]+", "_").replaceAll("_$", "");
  }

  private static String shown(JsonNode node) {
    return node.isArray() ? "a list" : node.isObject() ? "a section" : "'" + node.asText() + "'";
  }
}
