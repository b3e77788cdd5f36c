package dev.cairn.runtime;

/**
 * A model bundle, its training data or its compiled gradients cannot be used. The message is one
 * line that says what is wrong, where, and how to mend it.
 */
public final class BundleException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public BundleException(String message) {
    super(message);
  }

  public BundleException(String message, Throwable cause) {
    super(message, cause);
  }
}
