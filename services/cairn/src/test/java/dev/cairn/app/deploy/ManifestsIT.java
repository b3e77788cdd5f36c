package dev.cairn.app.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.cairn.app.config.StageSettings;
import dev.cairn.app.config.TopicNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Kubernetes manifests, as Kustomize renders them. */
class ManifestsIT {

  private static final Path BASE = Path.of("../../deploy/kubernetes/base");
  private static final String KEDA =
      """
      const { ScaledObject } = require(process.argv[1] + '/@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject');
      for (const object of JSON.parse(process.argv[2])) new ScaledObject(object).validate();
      """;

  @TempDir static Path directory;
  private static Path rendered;
  private static List<JsonNode> objects;

  @BeforeAll
  static void render() throws Exception {
    rendered = directory.resolve("rendered.yaml");
    Tool.at("python/bin/kubernetes-validate");
    Files.writeString(rendered, Tool.run("kubectl", "kustomize", BASE));
    try (MappingIterator<JsonNode> documents =
        new YAMLMapper().readerFor(JsonNode.class).readValues(rendered.toFile())) {
      objects = documents.readAll();
    }
  }

  private static List<JsonNode> ofKind(String kind) {
    return objects.stream().filter(object -> object.get("kind").asText().equals(kind)).toList();
  }

  private static String name(JsonNode object) {
    return object.at("/metadata/name").asText();
  }

  @Test
  void they_are_valid_by_the_schemas_of_kubernetes() throws Exception {
    String said = Tool.run(Tool.at("python/bin/kubernetes-validate"), "--strict", rendered);

    assertThat(said.lines().filter(line -> line.contains("WARN")))
        .allMatch(line -> line.contains("kind ScaledObject"))
        .hasSameSizeAs(ofKind("ScaledObject"));
    assertThat(said.lines().filter(line -> line.contains(" passed "))).hasSizeGreaterThan(8);
  }

  @Test
  void scaling_is_valid_by_kedas_schema() throws Exception {
    String scaled = new ObjectMapper().writeValueAsString(ofKind("ScaledObject"));

    Tool.run("node", "-e", KEDA, Tool.at("node/node_modules"), scaled);
  }

  @Test
  void each_stage_scales_by_its_own_lag() {
    for (JsonNode scaled : ofKind("ScaledObject")) {
      JsonNode trigger = scaled.at("/spec/triggers/0/metadata");
      String stage = name(scaled).replace("cairn-", "");
      TopicNames topics = TopicNames.defaults();
      assertThat(scaled.at("/spec/scaleTargetRef/name").asText()).isEqualTo("cairn-" + stage);
      assertThat(trigger.get("consumerGroup").asText())
          .isEqualTo(StageSettings.defaults("cairn-" + stage).group());
      assertThat(trigger.get("topic").asText())
          .isEqualTo(stage.equals("gradient") ? topics.generations() : topics.features());
    }
  }

  @Test
  void every_deployment_is_probed_bounded_unprivileged_and_keeps_pods_through_disruptions() {
    List<JsonNode> deployments = ofKind("Deployment");
    assertThat(deployments).hasSize(2);
    for (JsonNode deployment : deployments) {
      JsonNode pod = deployment.at("/spec/template/spec");
      JsonNode container = pod.at("/containers/0");
      for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
        assertThat(container.at("/" + probe + "/httpGet/port").asText()).isEqualTo("management");
      }
      assertThat(container.at("/resources/requests/cpu").asText()).isNotEmpty();
      assertThat(container.at("/resources/limits/memory").asText()).isNotEmpty();
      assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
      assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
      assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true))
          .isFalse();
      assertThat(pod.at("/terminationGracePeriodSeconds").asInt())
          .isGreaterThan(StageSettings.defaults("x").drainSeconds());
      assertThat(ofKind("PodDisruptionBudget"))
          .anySatisfy(
              budget ->
                  assertThat(budget.at("/spec/selector/matchLabels"))
                      .isEqualTo(deployment.at("/spec/selector/matchLabels")));
    }
  }

  @Test
  void whatever_selects_pods_selects_some() {
    Set<String> selectors =
        objects.stream()
            .flatMap(object -> object.findValues("matchLabels").stream())
            .filter(labels -> labels.has("app.kubernetes.io/name"))
            .map(JsonNode::toString)
            .collect(Collectors.toCollection(HashSet::new));
    ofKind("Service").forEach(service -> selectors.add(service.at("/spec/selector").toString()));

    for (String selector : selectors) {
      assertThat(ofKind("Deployment"))
          .as(selector)
          .anyMatch(deployment -> holds(deployment.at("/spec/template/metadata/labels"), selector));
    }
  }

  private static boolean holds(JsonNode labels, String selector) {
    try {
      return new ObjectMapper()
          .readTree(selector).properties().stream()
              .allMatch(wanted -> wanted.getValue().equals(labels.get(wanted.getKey())));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
