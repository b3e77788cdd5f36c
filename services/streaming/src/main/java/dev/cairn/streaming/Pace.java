package dev.cairn.streaming;

import java.time.Duration;

/**
 * How long to let records gather at the broker before the next poll: a fetch of each by itself
 * costs more than all else that a stream does for it. Only where records follow each other closely,
 * and none are left behind; what comes now and then is handed out at once.
 *
 * <p>Why pairs of polls? A consumer asks for more before it hands out what it has, and the broker
 * answers as soon as there is one record. So what gathered comes with two polls, that one record
 * first, and then the others.
 *
 * <p>Pure: no clock, no I/O. Not thread-safe; owned by the poll thread.
 */
final class Pace {

  private final long nanos;
  private final int mostPolled;
  private boolean half;
  private boolean rested;
  private long pairBegan;

  /**
   * @param gathering from a pair of polls to the next
   * @param mostPolled records that a poll returns at most; with so many there may be more at hand
   */
  Pace(Duration gathering, int mostPolled) {
    this.nanos = gathering.toNanos();
    this.mostPolled = mostPolled;
  }

  /**
   * A poll ended.
   *
   * @param records how many it returned
   * @param now {@link System#nanoTime}
   * @return how long to wait before the next, in nanoseconds
   */
  long polled(int records, long now) {
    if (records == 0 || records >= mostPolled) {
      half = false;
      rested = false;
      return 0;
    }
    half = !half;
    if (half) {
      pairBegan = now;
      return 0;
    }
    long rest = Math.max(0, pairBegan + nanos - now);
    rested = rest > 0;
    return rest;
  }

  /** Whether a pair has begun, after a rest, so that more must be at hand. */
  boolean gathered() {
    return half && rested;
  }
}
