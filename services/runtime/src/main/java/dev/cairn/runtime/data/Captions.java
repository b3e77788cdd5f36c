package dev.cairn.runtime.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Texts that describe pictures, as the usual files hold them. */
final class Captions {

  static final ObjectMapper JSON = new ObjectMapper();

  /** The names that data sets of the Hugging Face hub use. */
  private static final List<String> FIELDS = List.of("captions", "caption", "text", "prompt");

  private Captions() {}

  /** A text, an array of texts, or an object that holds one of these in a field of known name. */
  static List<String> of(JsonNode node) {
    if (node == null || node.isNull()) {
      return List.of();
    }
    if (node.isTextual()) {
      return List.of(node.asText().strip());
    }
    if (node.isArray()) {
      List<String> all = new ArrayList<>();
      node.forEach(element -> all.addAll(of(element)));
      return all;
    }
    return FIELDS.stream()
        .filter(node::has)
        .findFirst()
        .map(field -> of(node.get(field)))
        .orElse(List.of());
  }

  /** One caption a line. */
  static List<String> lines(byte[] text) {
    return new String(text, StandardCharsets.UTF_8)
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .toList();
  }

  static JsonNode parse(byte[] json, Object name) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new DataException("%s: not valid JSON (%s)".formatted(name, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw DataException.unreadable(name, e);
    }
  }

  /** The documents of a JSON-lines file. */
  static List<JsonNode> documents(Path file) {
    List<JsonNode> documents = new ArrayList<>();
    int number = 0;
    for (String line : text(file).split("\\R")) {
      number++;
      if (!line.isBlank()) {
        documents.add(parse(line.getBytes(StandardCharsets.UTF_8), file + " line " + number));
      }
    }
    return documents;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw DataException.unreadable(file, e);
    }
  }
}
