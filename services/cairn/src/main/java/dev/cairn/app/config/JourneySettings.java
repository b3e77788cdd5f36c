package dev.cairn.app.config;

import java.util.Set;

/**
 * Means of features over whole generations, and over tags and time windows.
 *
 * @param enabled whether this process computes them; every mean is one more feature to be scored
 * @param group consumer group, and prefix of the internal topics
 * @param timeoutSeconds a generation silent for so long is averaged as it is, marked incomplete
 * @param tags names of tags over whose values generations are averaged, in windows; none by default
 * @param windowSeconds length of those windows
 * @param graceSeconds how long a window waits for generations that are late
 */
public record JourneySettings(
    boolean enabled,
    String group,
    int timeoutSeconds,
    Set<String> tags,
    int windowSeconds,
    int graceSeconds) {

  private static final int DAY = 86_400;

  /** Off. */
  public static JourneySettings defaults() {
    return new JourneySettings(false, "cairn-journeys", 600, Set.of(), 300, 30);
  }

  static JourneySettings read(Section journeys) {
    JourneySettings defaults = defaults();
    Set<String> tags = journeys.words("tags");
    if (tags.stream().anyMatch(tag -> tag.contains("="))) {
      journeys.problem("tags", "are names without values, separated by commas, not " + tags);
    }
    JourneySettings settings =
        new JourneySettings(
            journeys.flag("enabled", defaults.enabled()),
            journeys.text("group", defaults.group()),
            journeys.count("timeout-seconds", defaults.timeoutSeconds(), 1, 7 * DAY),
            tags,
            journeys.count("window-seconds", defaults.windowSeconds(), 1, 7 * DAY),
            journeys.count("grace-seconds", defaults.graceSeconds(), 0, DAY));
    journeys.rejectUnknownKeys();
    return settings;
  }
}
