package dev.cairn.attribution;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The header of a .npy file (NEP 1; numpy/lib/format.py): element type, shape, and where the data
 * begin. Reading it checks that the file is as long as the header says, so that nobody reserves
 * memory for elements that are not there.
 *
 * @param shape lengths of the axes, row-major; empty for a scalar
 */
record NpyHeader(NpyType type, List<Integer> shape, long dataOffset) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int LONGEST_HEADER = 1 << 16;
  private static final int ALIGNMENT = 64;
  private static final Pattern DESCRIPTOR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d\\s,]*)\\)");

  NpyHeader {
    shape = List.copyOf(shape);
  }

  /** Number of elements; reading has checked that it does not overflow. */
  long elements() {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }

  int[] shapeArray() {
    return shape.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * Version 1.0 bytes, padded so that the data begin at a multiple of 64 bytes and can be mapped.
   */
  static byte[] encode(NpyType type, int... shape) {
    String axes =
        Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining(", "));
    String dictionary =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }"
            .formatted(type.descriptor(), shape.length == 1 ? axes + "," : axes);
    int prefix = MAGIC.length + 4;
    int unpadded = prefix + dictionary.length() + 1;
    int total = (unpadded + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer header = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
    header.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (total - prefix));
    header.put(
        (dictionary + " ".repeat(total - unpadded) + "\n").getBytes(StandardCharsets.US_ASCII));
    return header.array();
  }

  /**
   * Reads and checks the header of an open file.
   *
   * @throws NpyException naming the path and the problem
   */
  static NpyHeader read(Path path, FileChannel channel) throws IOException {
    ByteBuffer prefix = readAt(channel, 0, MAGIC.length + 6);
    byte[] magic = new byte[MAGIC.length];
    boolean complete = prefix.remaining() >= MAGIC.length + 4;
    if (complete) {
      prefix.get(magic);
    }
    if (!complete || !Arrays.equals(magic, MAGIC)) {
      throw new NpyException("%s is no .npy file".formatted(path));
    }
    int version = prefix.getShort() & 0xFF;
    long length;
    int start;
    if (version == 1) {
      length = Short.toUnsignedInt(prefix.getShort());
      start = MAGIC.length + 4;
    } else if ((version == 2 || version == 3) && prefix.remaining() >= 4) {
      length = Integer.toUnsignedLong(prefix.getInt());
      start = MAGIC.length + 6;
    } else {
      throw new NpyException("%s has unknown .npy version %d".formatted(path, version));
    }
    if (length > LONGEST_HEADER || start + length > channel.size()) {
      throw new NpyException("%s has a header of %d bytes".formatted(path, length));
    }
    String text =
        StandardCharsets.ISO_8859_1.decode(readAt(channel, start, (int) length)).toString();
    NpyHeader header = new NpyHeader(type(path, text), shape(path, text), start + length);
    header.checkLength(path, channel.size());
    return header;
  }

  private void checkLength(Path path, long fileBytes) {
    long promised;
    try {
      promised = Math.addExact(dataOffset, Math.multiplyExact(elements(), (long) type.bytes()));
    } catch (ArithmeticException _) {
      throw new NpyException("%s has an impossible shape %s".formatted(path, shape));
    }
    if (promised != fileBytes) {
      throw new NpyException(
          "%s is %d bytes long where shape %s of %s needs %d"
              .formatted(path, fileBytes, shape, type.descriptor(), promised));
    }
  }

  private static NpyType type(Path path, String text) {
    String descriptor = find(path, text, DESCRIPTOR, "'descr'");
    if (find(path, text, ORDER, "'fortran_order'").equals("True")) {
      throw new NpyException(
          "%s is in Fortran order; save it with numpy.ascontiguousarray".formatted(path));
    }
    return NpyType.of(descriptor)
        .orElseThrow(
            () ->
                new NpyException(
                    "%s holds elements of type %s; known are %s"
                        .formatted(path, descriptor, NpyType.known())));
  }

  private static List<Integer> shape(Path path, String text) {
    String axes = find(path, text, SHAPE, "'shape'");
    try {
      return Arrays.stream(axes.split(","))
          .map(String::strip)
          .filter(axis -> !axis.isEmpty())
          .map(Integer::valueOf)
          .toList();
    } catch (NumberFormatException _) {
      throw new NpyException("%s has an impossible shape (%s)".formatted(path, axes));
    }
  }

  private static String find(Path path, String text, Pattern pattern, String key) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new NpyException("%s has a header without a readable %s".formatted(path, key));
    }
    return matcher.group(1);
  }

  private static ByteBuffer readAt(FileChannel channel, long position, int bytes)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining() && channel.read(buffer, position + buffer.position()) >= 0) {
      // Reads may come in parts.
    }
    return buffer.flip();
  }
}
