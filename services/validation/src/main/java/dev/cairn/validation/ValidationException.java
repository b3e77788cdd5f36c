package dev.cairn.validation;

/** A training or validation that cannot be done; the message says what, where and how to mend. */
public final class ValidationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ValidationException(String message) {
    super(message);
  }

  public ValidationException(String message, Throwable cause) {
    super(message, cause);
  }
}
