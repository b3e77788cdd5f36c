package dev.cairn.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** asyncapi.yaml against itself, the .proto files and the examples. */
class AsyncApiTest {

  private static final Path DOCUMENT = Path.of("src/main/resources/asyncapi.yaml");
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Pattern EVENT_TYPE =
      Pattern.compile("CloudEvents type: ([a-z0-9.]+[a-z0-9])");

  private final Protos protos = Protos.load();
  private final JsonNode document = read(DOCUMENT);

  @Test
  void has_the_parts_that_version_3_requires_and_no_others() {
    assertThat(document.path("asyncapi").asText()).isEqualTo("3.0.0");
    assertThat(names(document))
        .isSubsetOf(
            "asyncapi",
            "info",
            "defaultContentType",
            "servers",
            "channels",
            "operations",
            "components");
    assertThat(names(document.path("info"))).contains("title", "version");
    for (JsonNode server : document.path("servers")) {
      assertThat(names(server)).contains("host", "protocol");
    }
    for (JsonNode channel : document.path("channels")) {
      assertThat(names(channel))
          .contains("address", "messages")
          .isSubsetOf("address", "title", "description", "messages", "bindings");
    }
    for (JsonNode operation : document.path("operations")) {
      assertThat(operation.path("action").asText()).isIn("send", "receive");
      assertThat(operation.path("channel").path("$ref").asText()).startsWith("#/channels/");
    }
  }

  @Test
  void every_reference_leads_somewhere() {
    List<JsonNode> references = document.findValues("$ref");
    assertThat(references).hasSizeGreaterThan(30);
    assertThat(references)
        .allSatisfy(
            reference ->
                assertThat(resolve(reference.asText()).isMissingNode())
                    .as(reference.asText())
                    .isFalse());
  }

  @Test
  void describes_the_four_topics_and_an_operation_on_each() {
    assertThat(document.path("channels"))
        .extracting(channel -> channel.path("address").asText())
        .containsExactly(
            "cairn.generations", "cairn.features", "cairn.attributions", "cairn.dead-letters");
    assertThat(document.path("operations"))
        .extracting(operation -> operation.path("channel").path("$ref").asText())
        .containsOnly(
            names(document.path("channels")).stream()
                .map(name -> "#/channels/" + name)
                .toArray(String[]::new));
  }

  @Test
  void every_message_of_a_channel_is_a_proto_message_and_every_event_is_on_a_channel() {
    // Given
    Map<String, Descriptor> events =
        protos.messages().stream()
            .filter(message -> eventType(message) != null)
            .collect(Collectors.toMap(Descriptor::getFullName, message -> message));
    assertThat(events).hasSize(4);

    // When
    Set<String> onChannels = new TreeSet<>();
    Set<String> contentTypes = new HashSet<>();
    for (JsonNode message : channelMessages()) {
      Descriptor proto = protos.message(message.path("x-protobuf-message").asText());
      onChannels.add(proto.getFullName());
      if (events.containsKey(proto.getFullName())) {
        assertThat(message.path("name").asText()).isEqualTo(eventType(proto));
        assertThat(headerOf(message, "ce_type").path("const").asText()).isEqualTo(eventType(proto));
        contentTypes.add(proto.getName() + " as " + contentType(message));
      }
    }

    // Then
    assertThat(onChannels)
        .containsAll(events.keySet())
        .hasSize(events.size() + 1)
        .contains("cairn.v1.DeadLetter");
    assertThat(contentTypes).hasSize(events.size() * 2);
  }

  @Test
  void payloads_lead_to_the_message_that_they_name() {
    for (JsonNode message : channelMessages()) {
      Descriptor proto = protos.message(message.path("x-protobuf-message").asText());
      if (contentType(message).equals("application/protobuf")) {
        assertThat(message.path("payload").path("schemaFormat").asText())
            .isEqualTo("application/vnd.google.protobuf;version=3");
        assertThat(message.path("payload").path("schema").path("$ref").asText())
            .isEqualTo("../protobuf/" + proto.getFile().getName());
      } else if (contentType(message).equals("application/json")) {
        assertThat(message.path("payload").path("$ref").asText())
            .isEqualTo("messages.schema.json#/definitions/" + proto.getName());
      }
    }
  }

  @Test
  void the_headers_of_a_dead_letter_are_the_fields_of_its_message() {
    // Given
    JsonNode headers = document.at("/components/schemas/deadLetterHeaders");
    Descriptor proto = protos.message("cairn.v1.DeadLetter");

    // Then
    assertThat(names(headers.path("properties")))
        .containsExactlyElementsOf(
            proto.getFields().stream()
                .map(FieldDescriptor::getName)
                .map("cairn_"::concat)
                .toList());
    assertThat(headers.path("properties").path("cairn_class").path("enum"))
        .extracting(JsonNode::asText)
        .containsExactlyElementsOf(
            proto.findFieldByName("class").getEnumType().getValues().stream()
                .filter(value -> value.getNumber() != 0)
                .map(value -> value.getName().toLowerCase(Locale.ROOT).replace('_', '-'))
                .toList());
  }

  private List<JsonNode> channelMessages() {
    List<JsonNode> messages = new ArrayList<>();
    for (JsonNode channel : document.path("channels")) {
      channel
          .path("messages")
          .forEach(reference -> messages.add(resolve(reference.path("$ref").asText())));
    }
    return messages;
  }

  private String contentType(JsonNode message) {
    JsonNode own = message.path("contentType");
    return own.isMissingNode()
        ? resolve(message.path("traits").path(0).path("$ref").asText()).path("contentType").asText()
        : own.asText();
  }

  /** The second part of a header schema narrows what all events have in common. */
  private JsonNode headerOf(JsonNode message, String name) {
    return resolve(message.path("headers").path("$ref").asText())
        .path("allOf")
        .path(1)
        .path("properties")
        .path(name);
  }

  private String eventType(Descriptor message) {
    Matcher type = EVENT_TYPE.matcher(protos.comment(message));
    return type.find() ? type.group(1) : null;
  }

  /**
   * A reference inside the document, to a part of another one, or to a file that is no document.
   */
  private JsonNode resolve(String reference) {
    String[] parts = reference.split("#", 2);
    Path file = parts[0].isEmpty() ? DOCUMENT : DOCUMENT.resolveSibling(parts[0]);
    assertThat(file).as(reference).isRegularFile();
    if (file.toString().endsWith(".proto")) {
      return document;
    }
    return read(file).at(parts.length == 1 ? "" : parts[1]);
  }

  private static JsonNode read(Path file) {
    try {
      // JSON is YAML.
      return YAML.readTree(Files.readString(file));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static List<String> names(JsonNode object) {
    return StreamSupport.stream(((Iterable<String>) object::fieldNames).spliterator(), false)
        .toList();
  }
}
