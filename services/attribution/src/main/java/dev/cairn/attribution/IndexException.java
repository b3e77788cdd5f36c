package dev.cairn.attribution;

/**
 * An index that cannot be built, fitted or opened; the message says what, where and how to mend.
 */
public final class IndexException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public IndexException(String message) {
    super(message);
  }

  IndexException(String message, Exception cause) {
    super(message, cause);
  }
}
