package dev.cairn.attribution;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Reads and writes NumPy's .npy files in row-major order. Lengths are checked before memory is
 * taken; files appear whole or not at all.
 */
public final class Npy {
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  private Npy() {}

  /**
   * Reads an array of any {@link NpyType}, converted to float.
   *
   * @throws NpyException if it is no readable .npy file
   * @throws StorageException if it cannot be read at all
   */
  public static NpyArray readFloats(Path path) {
    return read(
        path,
        (header, channel) -> {
          float[] data = new float[count(path, header)];
          forEach(
              path, header, channel, (buffer, i) -> data[i] = (float) header.type().read(buffer));
          return new NpyArray(header.shapeArray(), data);
        });
  }

  /**
   * Reads an array of whole numbers or truth values.
   *
   * @throws NpyException if it is no readable .npy file or holds fractions
   */
  public static NpyIntegers readIntegers(Path path) {
    return read(
        path,
        (header, channel) -> {
          if (!header.type().isInteger()) {
            throw new NpyException(
                "%s holds elements of type %s where whole numbers are needed"
                    .formatted(path, header.type().descriptor()));
          }
          long[] data = new long[count(path, header)];
          forEach(path, header, channel, (buffer, i) -> data[i] = header.type().readLong(buffer));
          return new NpyIntegers(header.shapeArray(), data);
        });
  }

  /** The shape of a file, without reading its data. */
  public static int[] shape(Path path) {
    return read(path, (header, _) -> header.shapeArray());
  }

  /**
   * Writes a float32 array.
   *
   * @throws IllegalArgumentException if the shape does not fit the data
   * @throws StorageException if it cannot be written
   */
  public static void writeFloats(Path path, int[] shape, float[] data) {
    write(path, NpyType.FLOAT32, shape, data.length, (buffer, i) -> buffer.putFloat(data[i]));
  }

  /** Writes a float64 array; errors as in {@link #writeFloats}. */
  public static void writeDoubles(Path path, int[] shape, double[] data) {
    write(path, NpyType.FLOAT64, shape, data.length, (buffer, i) -> buffer.putDouble(data[i]));
  }

  /** Writes an int64 array; errors as in {@link #writeFloats}. */
  public static void writeIntegers(Path path, int[] shape, long[] data) {
    write(path, NpyType.INT64, shape, data.length, (buffer, i) -> buffer.putLong(data[i]));
  }

  /** Writes truth values, one byte each; errors as in {@link #writeFloats}. */
  public static void writeBooleans(Path path, int[] shape, boolean[] data) {
    write(
        path,
        NpyType.BOOL,
        shape,
        data.length,
        (buffer, i) -> buffer.put((byte) (data[i] ? 1 : 0)));
  }

  /** Moves one element between an array and a buffer. */
  private interface Element {
    void move(ByteBuffer buffer, int index);
  }

  private interface Body<T> {
    T read(NpyHeader header, FileChannel channel) throws IOException;
  }

  private static <T> T read(Path path, Body<T> body) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return body.read(NpyHeader.read(path, channel), channel);
    } catch (NoSuchFileException _) {
      throw new NpyException("%s does not exist".formatted(path));
    } catch (IOException e) {
      throw StorageException.reading(path, e);
    }
  }

  private static int count(Path path, NpyHeader header) {
    if (header.elements() > LARGEST_ARRAY) {
      throw new NpyException(
          "%s holds %d elements, more than one array can".formatted(path, header.elements()));
    }
    return (int) header.elements();
  }

  private static void forEach(Path path, NpyHeader header, FileChannel channel, Element element)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    channel.position(header.dataOffset());
    inChunks(
        count(path, header),
        header.type().bytes(),
        (start, end) -> {
          buffer.clear().limit((end - start) * header.type().bytes());
          while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
              throw new NpyException("%s ended while it was read".formatted(path));
            }
          }
          buffer.flip();
          for (int i = start; i < end; i++) {
            element.move(buffer, i);
          }
        });
  }

  private static void write(Path path, NpyType type, int[] shape, int count, Element element) {
    long elements = 1;
    for (int axis : shape) {
      elements = Math.multiplyExact(elements, (long) axis);
    }
    if (elements != count) {
      throw new IllegalArgumentException(
          "shape %s does not fit %d elements".formatted(java.util.Arrays.toString(shape), count));
    }
    AtomicFile.write(
        path,
        channel -> {
          AtomicFile.writeFully(channel, ByteBuffer.wrap(NpyHeader.encode(type, shape)));
          ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
          inChunks(
              count,
              type.bytes(),
              (start, end) -> {
                buffer.clear();
                for (int i = start; i < end; i++) {
                  element.move(buffer, i);
                }
                AtomicFile.writeFully(channel, buffer.flip());
              });
        });
  }

  private interface Chunk {
    void move(int start, int end) throws IOException;
  }

  private static void inChunks(int count, int elementBytes, Chunk chunk) throws IOException {
    int size = CHUNK_BYTES / elementBytes;
    for (int start = 0; start < count; start += size) {
      chunk.move(start, Math.min(count, start + size));
    }
  }
}
