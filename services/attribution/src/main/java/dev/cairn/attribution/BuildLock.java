package dev.cairn.attribution;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps a second build out of a directory; the operating system frees it when a process dies. */
final class BuildLock implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;

  private BuildLock(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Creates the directory if need be and takes its lock.
   *
   * @throws IndexException if another thread or process holds it
   */
  static BuildLock take(IndexFiles files) {
    try {
      Files.createDirectories(files.directory());
      FileChannel channel =
          FileChannel.open(files.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!isFree(channel)) {
        channel.close();
        throw new IndexException(
            "another build is at work in %s; wait for it to end".formatted(files.directory()));
      }
      return new BuildLock(files.lock(), channel);
    } catch (IOException e) {
      throw StorageException.writing(files.lock(), e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw StorageException.writing(path, e);
    }
  }

  private static boolean isFree(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException _) {
      // Another thread of this process: the answer is the same as for another process.
      return false;
    }
  }
}
