package dev.cairn.app.offline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory for intermediate files, deleted on close. It lies beside the results, where there is
 * known to be room, rather than in the system's temporary directory.
 */
public record ScratchDirectory(Path path) implements AutoCloseable {

  /** Makes a scratch directory in {@code parent}, which is created if absent. */
  public static ScratchDirectory in(Path parent) throws IOException {
    Files.createDirectories(parent);
    return new ScratchDirectory(Files.createTempDirectory(parent, ".cairn-"));
  }

  @Override
  public void close() {
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(path)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
