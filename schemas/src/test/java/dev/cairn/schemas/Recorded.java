package dev.cairn.schemas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A committed file that is derived from the .proto files, and written anew on request only. */
public final class Recorded {

  /** How to write the recorded files anew; part of every message that asks for it. */
  public static final String COMMAND = "mvn -pl schemas test -Dcairn.schemas.record";

  private Recorded() {}

  /** The file's text, after writing what it should be if this run was asked to. */
  public static String text(Path file, String expected) {
    try {
      if (System.getProperty("cairn.schemas.record") != null) {
        Files.createDirectories(file.getParent());
        Files.writeString(file, expected);
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file + "; write it with: " + COMMAND, e);
    }
  }
}
