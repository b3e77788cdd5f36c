package dev.cairn.runtime.data;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPInputStream;

/**
 * A file's bytes, mapped: the heap holds none of them. A .gz file is unpacked to a temporary one.
 */
record MappedBytes(Path file, MemorySegment bytes) {

  static MappedBytes open(Path file) {
    try {
      if (!file.getFileName().toString().endsWith(".gz")) {
        return new MappedBytes(file, map(file));
      }
      Path unpacked = Files.createTempFile("cairn-", ".unpacked");
      try (InputStream packed = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
        Files.copy(packed, unpacked, StandardCopyOption.REPLACE_EXISTING);
        return new MappedBytes(file, map(unpacked));
      } finally {
        Files.delete(unpacked); // the mapping keeps its bytes
      }
    } catch (IOException e) {
      throw DataException.unreadable(file, e);
    }
  }

  private static MemorySegment map(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
    }
  }

  long size() {
    return bytes.byteSize();
  }

  byte[] copy(long offset, int length) {
    return bytes.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
  }

  int unsigned(long offset) {
    return Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, offset));
  }
}
