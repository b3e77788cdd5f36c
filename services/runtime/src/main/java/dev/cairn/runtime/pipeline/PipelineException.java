package dev.cairn.runtime.pipeline;

/** A pipeline's part cannot be used. The message is one line: what, where, how to mend it. */
public final class PipelineException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public PipelineException(String message) {
    super(message);
  }

  public PipelineException(String message, Throwable cause) {
    super(message, cause);
  }
}
