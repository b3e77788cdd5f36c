package dev.cairn.gateway.live;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ids of events. They name the run of the gateway that gave them, because another run numbers the
 * same events otherwise.
 *
 * @param run chosen at random when a gateway starts
 * @param number position in that run, from 1; 0 before the first
 */
record EventId(String run, long number) {

  private static final Pattern WIRE = Pattern.compile("([0-9a-f]{1,16})-([0-9]{1,18})");

  /** Reads what a client sends back; empty if no gateway gives such ids. */
  static Optional<EventId> parse(String text) {
    Matcher matcher = WIRE.matcher(text);
    return matcher.matches()
        ? Optional.of(new EventId(matcher.group(1), Long.parseLong(matcher.group(2))))
        : Optional.empty();
  }

  /** The event to go on with, or empty if there may be a gap before what the ring holds. */
  OptionalLong next(String currentRun, EventRing ring) {
    boolean resumable = run.equals(currentRun) && number + 1 >= ring.begin() && number < ring.end();
    return resumable ? OptionalLong.of(number + 1) : OptionalLong.empty();
  }

  @Override
  public String toString() {
    return run + "-" + number;
  }
}
