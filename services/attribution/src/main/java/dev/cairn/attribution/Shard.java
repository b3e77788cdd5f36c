package dev.cairn.attribution;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/**
 * A run of finished rows on disk: the payload, and a mark with its length and checksum that is
 * written only after the payload is durable.
 */
final class Shard {
  private static final int CHUNK_BYTES = 1 << 20;

  private final Path payload;
  private final Path mark;

  Shard(Path directory, int number) {
    this.payload = directory.resolve("%05d.f32".formatted(number));
    this.mark = directory.resolve("%05d.done".formatted(number));
  }

  /** What the payload must be. */
  private record Mark(long bytes, String sha256) {}

  void write(byte[] bytes) {
    AtomicFile.write(payload, bytes);
    AtomicFile.write(mark, Json.document(new Mark(bytes.length, Sha256.of(bytes))));
  }

  /** Whether the shard is whole: marked, of the expected length, and with the marked checksum. */
  boolean isWhole(long expectedBytes) {
    try {
      if (!Files.exists(mark) || !Files.exists(payload)) {
        return false;
      }
      Mark expected = Json.readDocument(mark, Mark.class);
      return expected.bytes() == expectedBytes
          && Files.size(payload) == expectedBytes
          && Sha256.of(payload).equals(expected.sha256());
    } catch (IndexException _) {
      return false;
    } catch (IOException e) {
      throw StorageException.reading(payload, e);
    }
  }

  /**
   * Appends the payload to a file.
   *
   * @throws IndexException if the payload is no longer what was written
   */
  void appendTo(FileChannel out) throws IOException {
    Mark expected = Json.readDocument(mark, Mark.class);
    MessageDigest digest = Sha256.start();
    try (FileChannel in = FileChannel.open(payload, StandardOpenOption.READ)) {
      ByteBuffer buffer = ByteBuffer.allocate(CHUNK_BYTES);
      while (in.read(buffer.clear()) >= 0) {
        digest.update(buffer.flip().duplicate());
        AtomicFile.writeFully(out, buffer);
      }
    }
    if (!Sha256.finish(digest).equals(expected.sha256())) {
      throw new IndexException(
          "%s has changed since it was written; run the same command again to compute it anew"
              .formatted(payload));
    }
  }

  void delete() throws IOException {
    // The mark first: a payload without a mark is merely unfinished.
    Files.deleteIfExists(mark);
    Files.deleteIfExists(payload);
  }
}
