package dev.cairn.runtime.adapter;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A file of tensors in Hugging Face's safetensors format: the length of a header (8 bytes,
 * little-endian), the header (JSON: dtype, shape and place of every tensor), the data.
 *
 * @param file where it is, for messages
 * @param metadata what the header says besides
 */
record Safetensors(Path file, Map<String, String> metadata, Map<String, Entry> entries) {

  /** An adapter's header has some kilobytes; the format's own limit would fill the heap. */
  private static final long LONGEST_HEADER = 16 << 20;

  private static final long LARGEST_FILE = Integer.MAX_VALUE;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  /**
   * A tensor that has not been read yet.
   *
   * @param type F32, F16 or BF16
   * @param data little-endian
   */
  record Entry(String type, long[] shape, ByteBuffer data) {

    /** The elements, row-major. */
    float[] floats() {
      float[] values = new float[data.remaining() / bytes(type)];
      ByteBuffer from = data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < values.length; i++) {
        values[i] =
            switch (type) {
              case "F32" -> from.getFloat();
              case "F16" -> Float.float16ToFloat(from.getShort());
              default -> Float.intBitsToFloat(from.getShort() << 16);
            };
      }
      return values;
    }
  }

  /**
   * Maps a file and reads its header.
   *
   * @throws AdapterException if it is no such file, is truncated, or holds tensors of another type
   */
  static Safetensors open(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() > LARGEST_FILE) {
        throw new AdapterException(file + ": larger than 2 GB; adapters are not");
      }
      ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      return read(file, bytes.order(ByteOrder.LITTLE_ENDIAN));
    } catch (IOException e) {
      throw new AdapterException(
          "%s: cannot be read (%s); give a .safetensors file".formatted(file, e.getMessage()), e);
    }
  }

  private static Safetensors read(Path file, ByteBuffer bytes) {
    long length = bytes.remaining() < Long.BYTES ? -1 : bytes.getLong();
    if (length < 2 || length > LONGEST_HEADER) {
      throw new AdapterException(
          "%s: not a safetensors file, whose first 8 bytes are the length of its header"
              .formatted(file));
    }
    if (length > bytes.remaining()) {
      throw truncated(file, Long.BYTES + length, bytes.capacity());
    }
    byte[] header = new byte[(int) length];
    bytes.get(header);
    ByteBuffer data = bytes.slice();
    Map<String, String> metadata = new LinkedHashMap<>();
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : json(file, header).properties()) {
      if (field.getKey().equals("__metadata__")) {
        field.getValue().properties().forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
      } else {
        entries.put(field.getKey(), entry(file, field.getKey(), field.getValue(), data));
      }
    }
    return new Safetensors(file, metadata, entries);
  }

  private static JsonNode json(Path file, byte[] header) {
    try {
      JsonNode document = JSON.readTree(new String(header, StandardCharsets.UTF_8));
      if (document.isObject()) {
        return document;
      }
      throw new AdapterException(file + ": its header is no JSON object; save the adapter again");
    } catch (JsonProcessingException e) {
      throw new AdapterException(
          "%s: its header is not valid JSON (%s); save the adapter again"
              .formatted(file, e.getOriginalMessage()),
          e);
    }
  }

  private static Entry entry(Path file, String name, JsonNode said, ByteBuffer data) {
    String type = said.path("dtype").asText();
    if (!Set.of("F32", "F16", "BF16").contains(type)) {
      throw new AdapterException(
          "%s: '%s' has data type %s; save the adapter as F32, F16 or BF16"
              .formatted(file, name, type.isEmpty() ? "none" : type));
    }
    long[] shape = longs(said.path("shape"));
    long[] offsets = longs(said.path("data_offsets"));
    if (offsets.length != 2 || offsets[0] < 0 || offsets[0] > offsets[1]) {
      throw new AdapterException(
          "%s: '%s' does not say where its data is; save the adapter again".formatted(file, name));
    }
    if (offsets[1] > data.capacity()) {
      throw truncated(file, offsets[1], data.capacity());
    }
    if (bytes(type) * elements(shape) != offsets[1] - offsets[0]) {
      throw new AdapterException(
          "%s: '%s' has %d bytes, which is not what its shape takes; save the adapter again"
              .formatted(file, name, offsets[1] - offsets[0]));
    }
    return new Entry(type, shape, data.slice((int) offsets[0], (int) (offsets[1] - offsets[0])));
  }

  private static AdapterException truncated(Path file, long needed, long there) {
    return new AdapterException(
        "%s: truncated: %d bytes are needed, %d are there; copy or download it again"
            .formatted(file, needed, there));
  }

  private static int bytes(String type) {
    return type.equals("F32") ? Float.BYTES : Short.BYTES;
  }

  /** The product, or -1 where it is negative or too large for any file. */
  private static long elements(long[] shape) {
    long product = 1;
    for (long size : shape) {
      long high = Math.multiplyHigh(product, size);
      product *= size;
      if (size < 0 || high != 0 || product < 0) {
        return -1;
      }
    }
    return product;
  }

  private static long[] longs(JsonNode array) {
    long[] values = new long[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asLong(-1);
    }
    return values;
  }
}
