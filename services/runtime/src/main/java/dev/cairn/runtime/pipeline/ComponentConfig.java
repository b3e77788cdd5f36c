package dev.cairn.runtime.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The JSON configuration of a pipeline's part; a part without one has no fields. */
public record ComponentConfig(JsonNode json) {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Reads the first of these files that exists. */
  public static ComponentConfig first(Path bundle, String... files) {
    return Stream.of(files)
        .map(bundle::resolve)
        .filter(Files::isRegularFile)
        .findFirst()
        .map(ComponentConfig::read)
        .orElseGet(() -> new ComponentConfig(MAPPER.createObjectNode()));
  }

  private static ComponentConfig read(Path file) {
    try {
      return new ComponentConfig(MAPPER.readTree(file.toFile()));
    } catch (IOException e) {
      throw new PipelineException(
          "%s: not valid JSON (%s); export the pipeline again".formatted(file, e.getMessage()), e);
    }
  }

  /** A whole number, or element {@code index} of an array of them. */
  public OptionalLong whole(String field, int index) {
    JsonNode node = json.path(field);
    JsonNode value = node.isArray() ? node.path(index) : node;
    return value.isIntegralNumber() ? OptionalLong.of(value.asLong()) : OptionalLong.empty();
  }

  OptionalDouble number(String field) {
    return json.path(field).isNumber()
        ? OptionalDouble.of(json.get(field).asDouble())
        : OptionalDouble.empty();
  }

  int length(String array) {
    return json.path(array).size();
  }

  /** A text, or the {@code content} of an object, as tokenizers write their special tokens. */
  Optional<String> text(String field) {
    JsonNode node = json.path(field);
    JsonNode value = node.isObject() ? node.path("content") : node;
    return value.isTextual() ? Optional.of(value.asText()) : Optional.empty();
  }
}
