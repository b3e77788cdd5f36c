package dev.cairn.attribution;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Records as JSON whose bytes depend on nothing but the record. */
final class Json {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          // A newer version may add properties; what it may change is guarded by version numbers.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private Json() {}

  /** Indented, with the same line ends on every system. */
  static byte[] document(Object value) {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentObjectsWith(indenter);
    try {
      return (MAPPER.writer(printer).writeValueAsString(value) + "\n")
          .getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records of plain values have a JSON form", e);
    }
  }

  static <T> T readDocument(Path path, Class<T> type) {
    try {
      return MAPPER.readValue(Files.readAllBytes(path), type);
    } catch (JsonProcessingException e) {
      throw new IndexException("%s is damaged: %s".formatted(path, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw StorageException.reading(path, e);
    }
  }

  /** One value a line. */
  static byte[] lines(List<?> values) {
    StringBuilder lines = new StringBuilder();
    try {
      for (Object value : values) {
        lines.append(MAPPER.writeValueAsString(value)).append('\n');
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records of plain values have a JSON form", e);
    }
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  static <T> List<T> readLines(Path path, Class<T> type) {
    ObjectReader reader = MAPPER.readerFor(type);
    List<T> values = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(path)) {
        values.add(reader.readValue(line));
      }
    } catch (JsonProcessingException e) {
      throw new IndexException(
          "%s, line %d is damaged: %s".formatted(path, values.size() + 1, e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw StorageException.reading(path, e);
    }
    return values;
  }
}
