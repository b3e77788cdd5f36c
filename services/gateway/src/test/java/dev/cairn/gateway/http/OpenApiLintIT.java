package dev.cairn.gateway.http;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenApiLintIT {

  @Test
  void the_description_passes_a_linters_strict_rules(@TempDir Path directory) throws Exception {
    Tool redocly = Tool.at("node/node_modules/.bin/redocly");
    for (String name : new String[] {"openapi.yaml", "messages.schema.json"}) {
      try (var in = OpenApiLintIT.class.getResourceAsStream("/" + name)) {
        Files.copy(in, directory.resolve(name));
      }
    }
    Files.writeString(directory.resolve("redocly.yaml"), "extends: [recommended-strict]\n");

    redocly.succeeds(directory, "lint", "openapi.yaml", "--config", "redocly.yaml");
  }
}
