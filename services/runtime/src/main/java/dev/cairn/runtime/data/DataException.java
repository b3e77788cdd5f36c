package dev.cairn.runtime.data;

/** A data set cannot be used. The message is one line: what, where, how to mend it. */
public final class DataException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public DataException(String message) {
    super(message);
  }

  public DataException(String message, Throwable cause) {
    super(message, cause);
  }

  static DataException unreadable(Object file, Exception cause) {
    return new DataException("%s: cannot be read (%s)".formatted(file, cause.getMessage()), cause);
  }
}
