package dev.cairn.runtime.compile;

/** A model that cannot be simplified. The message is one line: what, where, how to mend it. */
public final class SimplificationException extends RuntimeException {
  public SimplificationException(String message) {
    super(message);
  }

  public SimplificationException(String message, Throwable cause) {
    super(message, cause);
  }
}
