package dev.cairn.attribution;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A float32 matrix in a .npy file, mapped into memory: the operating system keeps what is used, and
 * matrices larger than 2 GB or than the heap work. Any number of threads may read.
 */
public final class MappedMatrix implements AutoCloseable {
  private static final ValueLayout.OfFloat LITTLE_ENDIAN_FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Arena arena;
  private final MemorySegment data;
  private final int rows;
  private final int columns;

  private MappedMatrix(Arena arena, MemorySegment data, int rows, int columns) {
    this.arena = arena;
    this.data = data;
    this.rows = rows;
    this.columns = columns;
  }

  /**
   * Maps a two-dimensional float32 file.
   *
   * @throws NpyException if it is no such file
   * @throws StorageException if it cannot be mapped
   */
  public static MappedMatrix open(Path path) {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      NpyHeader header = NpyHeader.read(path, channel);
      if (header.type() != NpyType.FLOAT32 || header.shape().size() != 2) {
        throw new NpyException(
            "%s holds %s of shape %s where a float32 matrix is needed"
                .formatted(path, header.type().descriptor(), header.shape()));
      }
      MemorySegment data =
          channel.map(
              FileChannel.MapMode.READ_ONLY,
              header.dataOffset(),
              header.elements() * Float.BYTES,
              arena);
      return new MappedMatrix(arena, data, header.shape().get(0), header.shape().get(1));
    } catch (NoSuchFileException _) {
      arena.close();
      throw new NpyException("%s does not exist".formatted(path));
    } catch (IOException e) {
      arena.close();
      throw StorageException.reading(path, e);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  /** Copies row i. */
  public float[] row(int i) {
    float[] out = new float[columns];
    row(i, out);
    return out;
  }

  /** Copies row i into {@code out}, which has {@link #columns} elements. */
  public void row(int i, float[] out) {
    part(i, 0, out, columns);
  }

  /** Copies {@code count} elements of row i from the given column on to the start of out. */
  void part(int i, int column, float[] out, int count) {
    if (i < 0 || i >= rows || column < 0 || count > columns - column) {
      throw new IndexOutOfBoundsException(
          "%d elements from (%d, %d) in a %d × %d matrix"
              .formatted(count, i, column, rows, columns));
    }
    long offset = ((long) i * columns + column) * Float.BYTES;
    MemorySegment.copy(data, LITTLE_ENDIAN_FLOAT, offset, out, 0, count);
  }

  /** Unmaps; a reader that is still at work gets an IllegalStateException. */
  @Override
  public void close() {
    arena.close();
  }
}
