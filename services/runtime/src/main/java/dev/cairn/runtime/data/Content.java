package dev.cairn.runtime.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The bytes of one small file. */
final class Content {

  private Content() {}

  static byte[] of(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw DataException.unreadable(file, e);
    }
  }
}
