package dev.cairn.gateway.live;

import java.util.ArrayDeque;
import java.util.function.LongFunction;

/**
 * The latest events by their number, within a bound of count and bytes. Every reader keeps a
 * position in it instead of a queue of its own, so a slow reader costs no memory. One thread only.
 */
final class EventRing {

  private final LiveEvent[] events;
  private final long mostBytes;
  private final ArrayDeque<Integer> sizes = new ArrayDeque<>();
  private long begin = 1;
  private long end = 1;
  private long bytes;

  EventRing(int capacity, long mostBytes) {
    this.events = new LiveEvent[capacity];
    this.mostBytes = mostBytes;
  }

  /**
   * Adds an event; the oldest make room.
   *
   * @param event given its number, makes the event
   */
  void append(LongFunction<LiveEvent> event) {
    LiveEvent added = event.apply(end);
    if (end - begin == events.length) {
      dropOldest();
    }
    events[slot(end)] = added;
    end++;
    sizes.addLast(added.frame().length());
    bytes += added.frame().length();
    while (bytes > mostBytes && end - begin > 1) {
      dropOldest();
    }
  }

  private void dropOldest() {
    events[slot(begin)] = null;
    begin++;
    bytes -= sizes.removeFirst();
  }

  /** Number of the oldest event; equal to {@link #end} when there is none. The first ever is 1. */
  long begin() {
    return begin;
  }

  /** Number of the event that comes next. */
  long end() {
    return end;
  }

  LiveEvent get(long number) {
    if (number < begin || number >= end) {
      throw new IndexOutOfBoundsException(
          "event %d of those from %d to %d".formatted(number, begin, end));
    }
    return events[slot(number)];
  }

  private int slot(long number) {
    return (int) (number % events.length);
  }
}
