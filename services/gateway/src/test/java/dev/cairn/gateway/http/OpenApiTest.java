package dev.cairn.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.cairn.gateway.GatewayLimits;
import dev.cairn.gateway.GatewayOptions;
import dev.cairn.gateway.journeys.Journeys;
import dev.cairn.gateway.live.EventStreams;
import dev.cairn.gateway.live.StreamMeters;
import dev.cairn.gateway.vitals.Vitals;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The description and the gateway agree on what there is. */
class OpenApiTest {

  private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

  private static JsonNode document() throws IOException {
    return new YAMLMapper().readTree(OpenApiTest.class.getResource("/openapi.yaml"));
  }

  @Test
  void every_resource_is_described_and_every_description_is_served() throws IOException {
    Map<String, Set<String>> described = new TreeMap<>();
    document()
        .get("paths")
        .properties()
        .forEach(
            path ->
                described.put(
                    path.getKey(),
                    path.getValue().properties().stream()
                        .map(Map.Entry::getKey)
                        .filter(METHODS::contains)
                        .map(String::toUpperCase)
                        .collect(Collectors.toCollection(TreeSet::new))));

    assertThat(new TreeMap<>(served())).isEqualTo(described);
  }

  private static Map<String, Set<String>> served() {
    Vertx vertx = Vertx.vertx();
    try {
      SimpleMeterRegistry meters = new SimpleMeterRegistry();
      GatewayOptions options =
          new GatewayOptions(
              "x",
              0,
              0,
              Optional.empty(),
              Set.of(),
              Map.of(),
              "g",
              "a",
              "d",
              GatewayLimits.DEFAULT);
      return new GatewayRouter(
              vertx,
              null,
              options,
              List::of,
              new Journeys(1, 1),
              new EventStreams(vertx, GatewayLimits.DEFAULT, new StreamMeters(meters)),
              new Vitals(meters, () -> 0),
              null)
          .methods();
    } finally {
      vertx.close().await();
    }
  }

  @Test
  void every_operation_has_an_id_a_summary_and_a_tag() throws IOException {
    document()
        .get("paths")
        .forEach(
            path ->
                path.forEach(
                    operation -> {
                      assertThat(operation.path("operationId").asText()).isNotBlank();
                      assertThat(operation.path("summary").asText()).endsWith(".");
                      assertThat(operation.path("tags")).hasSize(1);
                    }));
  }

  @Test
  void every_error_is_a_problem_document() throws IOException {
    for (JsonNode response : document().at("/components/responses")) {
      assertThat(response.get("content").properties())
          .extracting(Map.Entry::getKey)
          .containsExactly("application/problem+json");
    }
  }

  @Test
  void every_reference_leads_somewhere() throws IOException {
    JsonNode document = document();
    JsonNode messages =
        new YAMLMapper().readTree(OpenApiTest.class.getResource("/messages.schema.json"));
    List<String> references =
        document.findValues("$ref").stream().map(JsonNode::asText).distinct().toList();

    assertThat(references).isNotEmpty();
    assertThat(references)
        .allSatisfy(
            reference -> {
              String[] parts = reference.split("#", 2);
              JsonNode target = parts[0].isEmpty() ? document : messages;
              assertThat(target.at(parts[1]).isMissingNode()).as(reference).isFalse();
            });
  }

  @Test
  void every_tag_is_explained() throws IOException {
    JsonNode document = document();
    Set<String> explained =
        StreamSupport.stream(document.get("tags").spliterator(), false)
            .map(tag -> tag.get("name").asText())
            .collect(Collectors.toSet());
    document
        .get("paths")
        .forEach(
            path ->
                path.forEach(
                    operation ->
                        assertThat(explained).contains(operation.get("tags").get(0).asText())));
  }
}
