package dev.cairn.attributor.journeys;

import java.time.Duration;
import java.util.Map;

/**
 * Keeps jumps of the wall clock out of the time for which nothing was heard: of a clock that is set
 * forward by a day, every open generation would seem to be silent since yesterday.
 */
final class Silence {
  private static final long LONGEST_STEP_MILLIS = Duration.ofSeconds(10).toMillis();

  private final Map<String, Long> touched;
  private long last = Long.MIN_VALUE;

  /**
   * @param touched when something was last heard, by the wall clock
   */
  Silence(Map<String, Long> touched) {
    this.touched = touched;
  }

  /**
   * To be called every second or so. A longer step than a busy process explains is no passing of
   * time, and what was heard before it moves along.
   */
  void at(long now) {
    long step = last == Long.MIN_VALUE ? 0 : now - last;
    last = now;
    if (step < 0) {
      touched.replaceAll((_, at) -> Math.min(at, now));
    } else if (step > LONGEST_STEP_MILLIS) {
      touched.replaceAll((_, at) -> Math.min(at + step, now));
    }
  }
}
