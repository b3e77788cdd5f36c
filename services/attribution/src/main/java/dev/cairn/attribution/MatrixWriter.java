package dev.cairn.attribution;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Writes a float32 matrix as .npy, in blocks, from any thread. */
final class MatrixWriter {
  private final FileChannel channel;
  private final long dataOffset;
  private final int columns;

  private MatrixWriter(FileChannel channel, long dataOffset, int columns) {
    this.channel = channel;
    this.dataOffset = dataOffset;
    this.columns = columns;
  }

  /** Fills the matrix. */
  interface Body {
    void fill(MatrixWriter writer);
  }

  /** The file appears at the path when the body has returned, or not at all. */
  static void write(Path path, int rows, int columns, Body body) {
    AtomicFile.write(
        path,
        channel -> {
          byte[] header = NpyHeader.encode(NpyType.FLOAT32, rows, columns);
          AtomicFile.writeFully(channel, ByteBuffer.wrap(header), 0);
          try {
            body.fill(new MatrixWriter(channel, header.length, columns));
          } catch (UncheckedIOException e) {
            throw e.getCause();
          }
        });
  }

  /** Writes {@code count} of the values to a row, from the given column on. */
  void put(int row, int column, float[] values, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values, 0, count);
    try {
      AtomicFile.writeFully(
          channel, bytes, dataOffset + ((long) row * columns + column) * Float.BYTES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
