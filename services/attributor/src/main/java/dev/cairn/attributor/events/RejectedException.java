package dev.cairn.attributor.events;

import dev.cairn.schemas.v1.DeadLetterClass;
import java.util.Locale;

/**
 * A record that cannot be processed and never will be: the record is at fault, not the process. It
 * becomes a dead letter of {@link #deadLetterClass()} with the message as its reason.
 */
public final class RejectedException extends RuntimeException {
  private static final int LONGEST_REASON = 500;

  private final DeadLetterClass deadLetterClass;

  /**
   * @param reason what is wrong, where, and what is expected; made one line and shortened, because
   *     it may quote hostile input and travels in a record header
   */
  public RejectedException(DeadLetterClass deadLetterClass, String reason) {
    // Without a stack trace: a flood of bad records must not cost more than a flood of good ones.
    super(oneLine(reason), null, false, false);
    this.deadLetterClass = deadLetterClass;
  }

  public DeadLetterClass deadLetterClass() {
    return deadLetterClass;
  }

  /** The class as dead letters carry it: lower case with hyphens, for example wrong-shape. */
  public String wireClass() {
    return wireClass(deadLetterClass);
  }

  /** As {@link #wireClass()}. */
  public static String wireClass(DeadLetterClass deadLetterClass) {
    return deadLetterClass.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String oneLine(String reason) {
    String line = reason.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON - 1) + "…";
  }
}
