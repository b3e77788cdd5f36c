package dev.cairn.app.cli;

/** A command cannot do what was asked: the message says what, where and how to mend it. */
public final class CommandFailure extends RuntimeException {

  public CommandFailure(String message) {
    super(message);
  }

  public CommandFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
