package dev.cairn.gradients;

/** A graph that cannot be differentiated. The message is one line: what, where, how to mend it. */
public class GradientException extends RuntimeException {
  public GradientException(String message) {
    super(message);
  }
}
