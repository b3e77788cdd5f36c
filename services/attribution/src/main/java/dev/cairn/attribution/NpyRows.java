package dev.cairn.attribution;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * An array of any {@link NpyType} in a .npy file, mapped into memory and read row by row: the file
 * may be larger than the heap. A row is one step along the first axis. Any number of threads may
 * read; the file is unmapped when nobody holds this any more.
 */
public final class NpyRows {
  private final NpyHeader header;
  private final MemorySegment data;
  private final int elements;

  private NpyRows(NpyHeader header, MemorySegment data, int elements) {
    this.header = header;
    this.data = data;
    this.elements = elements;
  }

  /**
   * Maps a file.
   *
   * @throws NpyException if it is no .npy file, has no axis, or has rows too long for an array
   * @throws StorageException if it cannot be mapped
   */
  public static NpyRows open(Path path) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      NpyHeader header = NpyHeader.read(path, channel);
      if (header.shape().isEmpty()) {
        throw new NpyException("%s holds a single number where rows are needed".formatted(path));
      }
      long bytes = header.elements() * header.type().bytes();
      long rowBytes = header.shape().getFirst() == 0 ? 0 : bytes / header.shape().getFirst();
      if (rowBytes > Integer.MAX_VALUE) {
        throw new NpyException("%s has rows of %d bytes".formatted(path, rowBytes));
      }
      MemorySegment data =
          channel.map(FileChannel.MapMode.READ_ONLY, header.dataOffset(), bytes, Arena.ofAuto());
      return new NpyRows(header, data, (int) rowBytes / header.type().bytes());
    } catch (NoSuchFileException _) {
      throw new NpyException("%s does not exist".formatted(path));
    } catch (IOException e) {
      throw StorageException.reading(path, e);
    }
  }

  public NpyType type() {
    return header.type();
  }

  /** Lengths of all axes, that of the rows first. */
  public List<Integer> shape() {
    return header.shape();
  }

  public int rows() {
    return header.shape().getFirst();
  }

  /** Number of elements of one row. */
  public int elements() {
    return elements;
  }

  /** Returns row i, flattened, converted to float. */
  public float[] row(int i) {
    float[] row = new float[elements];
    ByteBuffer bytes = bytes(i);
    if (header.type() == NpyType.FLOAT32) {
      bytes.asFloatBuffer().get(row);
      return row;
    }
    for (int k = 0; k < elements; k++) {
      row[k] = (float) header.type().read(bytes);
    }
    return row;
  }

  /** Returns the bytes of row i as they are, little-endian. */
  public ByteBuffer bytes(int i) {
    if (i < 0 || i >= rows()) {
      throw new IndexOutOfBoundsException("row %d of %d".formatted(i, rows()));
    }
    long rowBytes = (long) elements * header.type().bytes();
    return data.asSlice(i * rowBytes, rowBytes).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }
}
