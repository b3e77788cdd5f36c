package dev.cairn.attributor.journeys;

import java.time.Duration;
import java.util.Map;

/**
 * Keeps jumps of the wall clock out of the time for which nothing was heard: of a clock that is set
 * forward by a day, every open generation would seem to be silent since yesterday.
 */
final class Silence {
  /** How often to look for what has fallen silent. */
  static final Duration CHECK = Duration.ofSeconds(1);

  private static final long LONGEST_STEP_MILLIS = Duration.ofSeconds(10).toMillis();

  private final Map<String, Long> touched;
  private long last;
  private long latest;

  /**
   * @param touched when something was last heard, by the wall clock
   */
  Silence(Map<String, Long> touched) {
    this.touched = touched;
  }

  void begin(long now) {
    last = now;
    latest = now;
  }

  /**
   * Whether {@link #at} is to be called without waiting for Kafka Streams, which calls nobody while
   * the {@link #clockIsBehind clock is behind}. Records that arrive must do it then.
   */
  boolean overdue(long now) {
    return now < last || now - last > CHECK.toMillis();
  }

  /**
   * Whether the clock was set back, and is not yet as late as it was. Until it is, Kafka Streams
   * commits only what it is asked to, so that all that comes out would stay hidden.
   */
  boolean clockIsBehind(long now) {
    return now < latest;
  }

  /**
   * To be called every second or so. A longer step than a busy process explains is no passing of
   * time, and what was heard before it moves along.
   */
  void at(long now) {
    long step = now - last;
    last = now;
    latest = Math.max(latest, now);
    if (step < 0) {
      touched.replaceAll((_, at) -> Math.min(at, now));
    } else if (step > LONGEST_STEP_MILLIS) {
      touched.replaceAll((_, at) -> Math.min(at + step, now));
    }
  }
}
