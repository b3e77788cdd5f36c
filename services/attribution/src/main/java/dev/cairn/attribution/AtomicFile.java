package dev.cairn.attribution;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes a file so that at any moment, even after power loss, the path holds either the old content
 * or the whole new one: temporary file, fsync, rename, fsync of the directory.
 */
public final class AtomicFile {
  static final String TEMPORARY_SUFFIX = ".tmp";

  private AtomicFile() {}

  /** Writes the content of a new file, opened for reading and writing. */
  public interface Content {
    void writeTo(FileChannel channel) throws IOException;
  }

  /**
   * Creates missing parent directories and writes the file.
   *
   * @throws StorageException if the disk is full or the path cannot be written
   */
  public static void write(Path path, Content content) {
    Path absolute = path.toAbsolutePath();
    Path temporary = absolute.resolveSibling(absolute.getFileName() + TEMPORARY_SUFFIX);
    try {
      Files.createDirectories(absolute.getParent());
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE)) {
        content.writeTo(channel);
        channel.force(true);
      }
      Files.move(
          temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncDirectory(absolute.getParent());
    } catch (IOException e) {
      discard(temporary);
      throw StorageException.writing(path, e);
    }
  }

  /** Writes the given bytes, as {@link #write(Path, Content)} does. */
  public static void write(Path path, byte[] content) {
    write(path, channel -> writeFully(channel, ByteBuffer.wrap(content)));
  }

  static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  static void writeFully(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  private static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (AccessDeniedException _) {
      // Windows opens no directories, and makes a rename durable by itself.
    }
  }

  private static void discard(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException _) {
      // The failure that led here is the one to report; a later run truncates the leftover.
    }
  }
}
