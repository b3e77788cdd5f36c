package dev.cairn.attribution;

import java.io.IOException;
import java.nio.file.Path;

/** A file that could not be read or written; the message names the path and how to mend it. */
public final class StorageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private StorageException(String message, IOException cause) {
    super(message, cause);
  }

  static StorageException reading(Path path, IOException cause) {
    return new StorageException("cannot read %s: %s".formatted(path, reason(cause)), cause);
  }

  static StorageException writing(Path path, IOException cause) {
    String reason = reason(cause);
    String remedy =
        reason.contains("No space left")
            ? "free space on that disk and run the same command again; finished parts are kept"
            : "check that the directory can be written and run the same command again";
    return new StorageException("cannot write %s: %s; %s".formatted(path, reason, remedy), cause);
  }

  private static String reason(IOException cause) {
    // Exceptions of java.nio.file carry the path as their message and the reason in their type.
    String type = cause.getClass().getSimpleName().replace("Exception", "");
    return cause instanceof java.nio.file.FileSystemException e
        ? (e.getReason() == null ? type : e.getReason())
        : cause.getMessage() == null ? type : cause.getMessage();
  }
}
