package dev.cairn.app.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.util.List;

/** Reads YAML as a tree. */
final class Yaml {

  private static final ObjectMapper MAPPER = new ObjectMapper(new YAMLFactory());

  private Yaml() {}

  /**
   * @param source what messages call the text
   * @return the tree; missing for an empty text
   * @throws ConfigurationException naming the line where the text is no YAML
   */
  static JsonNode read(String source, String text) {
    try {
      JsonNode tree = MAPPER.readTree(text);
      return tree == null ? MissingNode.getInstance() : tree;
    } catch (JsonProcessingException e) {
      String where =
          e.getLocation() == null ? "" : "line %d: ".formatted(e.getLocation().getLineNr());
      String what = e.getOriginalMessage().strip().lines().findFirst().orElse("unreadable");
      throw new ConfigurationException(source, List.of(where + "not valid YAML: " + what));
    }
  }
}
