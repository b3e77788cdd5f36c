package dev.cairn.runtime.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The scale α / rank of an adapter that has no α beside its factors, as a PEFT configuration states
 * it; α is the rank itself where nothing does.
 *
 * @param config {@code lora_alpha}, {@code alpha_pattern}, {@code use_rslora}
 */
record AdapterScale(JsonNode config) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CONFIG_FILE = "adapter_config.json";

  /** Where diffusers keeps the configuration, its fields with the model's name in front. */
  private static final String METADATA = "lora_adapter_metadata";

  static AdapterScale of(Safetensors adapter) {
    Path beside = adapter.file().resolveSibling(CONFIG_FILE);
    String metadata = adapter.metadata().get(METADATA);
    try {
      if (metadata != null) {
        return new AdapterScale(withoutPrefix(JSON.readTree(metadata)));
      }
      if (Files.isRegularFile(beside)) {
        return new AdapterScale(JSON.readTree(beside.toFile()));
      }
    } catch (JsonProcessingException e) {
      throw new AdapterException(
          "%s: the adapter's configuration is not valid JSON (%s); save the adapter again"
              .formatted(metadata == null ? beside : adapter.file(), e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new AdapterException(beside + ": cannot be read (" + e.getMessage() + ")", e);
    }
    if (adapter.entries().keySet().stream().anyMatch(key -> key.startsWith("base_model."))) {
      throw new AdapterException(
          "%s: PEFT keeps an adapter's scale in %s, which is not beside it; copy it there"
              .formatted(adapter.file(), CONFIG_FILE));
    }
    return new AdapterScale(JSON.createObjectNode());
  }

  private static JsonNode withoutPrefix(JsonNode metadata) {
    ObjectNode plain = JSON.createObjectNode();
    for (Map.Entry<String, JsonNode> field : metadata.properties()) {
      if (!AdapterKey.isOfTextEncoder(field.getKey())) {
        plain.set(field.getKey().substring(field.getKey().indexOf('.') + 1), field.getValue());
      }
    }
    return plain;
  }

  /** The scale of a layer's pair. */
  double of(String module, int rank) {
    double alpha = config.path("lora_alpha").asDouble(rank);
    for (Map.Entry<String, JsonNode> pattern : config.path("alpha_pattern").properties()) {
      if (names(pattern.getKey(), module)) {
        alpha = pattern.getValue().asDouble();
        break;
      }
    }
    return alpha / (config.path("use_rslora").asBoolean() ? Math.sqrt(rank) : rank);
  }

  /** PEFT's own rule: a regular expression for the end of the module's name. */
  private static boolean names(String pattern, String module) {
    try {
      return Pattern.matches("(.*\\.)?(" + pattern + ")", module);
    } catch (PatternSyntaxException _) {
      return module.endsWith(pattern);
    }
  }
}
