package dev.cairn.runtime.adapter;

/** An adapter cannot be used. The message is one line: what, where, how to mend it. */
public final class AdapterException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public AdapterException(String message) {
    super(message);
  }

  public AdapterException(String message, Throwable cause) {
    super(message, cause);
  }
}
