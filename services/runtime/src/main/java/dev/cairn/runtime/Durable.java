package dev.cairn.runtime;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that are either whole or not there: written aside, forced to disk, then renamed. */
final class Durable {

  private Durable() {}

  /** Writes the bytes of a file. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  static void write(Path file, Content content) throws IOException {
    Path aside = file.resolveSibling(file.getFileName() + ".part");
    try (FileOutputStream raw = new FileOutputStream(aside.toFile())) {
      OutputStream out = new BufferedOutputStream(raw);
      content.writeTo(out);
      out.flush();
      raw.getFD().sync();
    }
    Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
