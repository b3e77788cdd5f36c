package dev.cairn.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * examples/some-message.json is an example of the message SomeMessage. Names no generated class, so
 * that a change that breaks readers reaches {@code BaselineTest} instead of the compiler.
 */
class ExamplesTest {

  private static final Path EXAMPLES = Path.of("src/main/resources/examples");
  private static final Map<String, Integer> ELEMENT_BYTES =
      Map.of("FP32", 4, "FP16", 2, "BF16", 2, "INT64", 8);

  static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void an_example_goes_through_binary_and_back_unchanged(Path example) throws Exception {
    // Given
    Message message = read(example);

    // When
    Message again = message.newBuilderForType().mergeFrom(message.toByteArray()).build();
    Message.Builder fromPrinted = message.newBuilderForType();
    JsonFormat.parser().merge(JsonFormat.printer().print(again), fromPrinted);

    // Then
    assertThat(again).isEqualTo(message);
    assertThat(fromPrinted.build()).isEqualTo(message);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void an_example_is_written_in_canonical_json(Path example) throws Exception {
    // Given
    JsonNode written = new ObjectMapper().readTree(example.toFile());

    // When
    JsonNode canonical =
        new ObjectMapper()
            .readTree(JsonFormat.printer().alwaysPrintFieldsWithNoPresence().print(read(example)));

    // Then
    assertContains(canonical, written, example.toString());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void an_example_is_valid_by_the_json_schema(Path example) throws Exception {
    // Given
    ObjectNode schema =
        (ObjectNode)
            new ObjectMapper()
                .readTree(Path.of("src/main/resources/messages.schema.json").toFile());
    schema.putArray("allOf").addObject().put("$ref", "#/definitions/" + message(example).getName());

    // Then
    assertThat(
            JsonSchemaFactory.getInstance(VersionFlag.V7)
                .getSchema(schema)
                .validate(new ObjectMapper().readTree(example.toFile())))
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void tensors_hold_as_many_bytes_as_their_shape_says(Path example) throws Exception {
    for (JsonNode tensor : new ObjectMapper().readTree(example.toFile()).findParents("dataType")) {
      int elements = 1;
      for (JsonNode extent : tensor.path("shape")) {
        elements *= extent.asInt();
      }
      assertThat(tensor.path("data").binaryValue())
          .hasSize(elements * ELEMENT_BYTES.get(tensor.path("dataType").asText()));
    }
  }

  @Test
  void the_examples_tell_one_story() throws Exception {
    // Given
    JsonNode step = new ObjectMapper().readTree(EXAMPLES.resolve("generation-step.json").toFile());
    JsonNode attribution =
        new ObjectMapper().readTree(EXAMPLES.resolve("attribution.json").toFile());

    // Then
    for (String shared :
        List.of("generationId", "model", "step", "stepCount", "timestep", "tags")) {
      assertThat(attribution.get(shared)).as(shared).isNotNull().isEqualTo(step.get(shared));
    }
    int counted = 0;
    for (JsonNode bin : attribution.at("/summary/histogram")) {
      counted += bin.asInt();
    }
    assertThat(counted)
        .isEqualTo(attribution.at("/summary/count").asInt())
        .isEqualTo(attribution.at("/provenance/examples").asInt());
  }

  private static Message read(Path example) throws IOException {
    Message.Builder message = Protos.prototype(message(example)).newBuilderForType();
    JsonFormat.parser().merge(Files.readString(example), message);
    return message.build();
  }

  private static Descriptor message(Path example) {
    String kebab = "-" + example.getFileName().toString().replace(".json", "");
    String name =
        Pattern.compile("-([a-z])")
            .matcher(kebab)
            .replaceAll(word -> word.group(1).toUpperCase(Locale.ROOT));
    return Protos.load().message("cairn.v1." + name);
  }

  /** Everything in the example stands in the canonical form too, which also prints defaults. */
  private static void assertContains(JsonNode canonical, JsonNode written, String where) {
    if (written.isObject()) {
      written
          .fields()
          .forEachRemaining(
              field ->
                  assertContains(
                      canonical.path(field.getKey()),
                      field.getValue(),
                      where + "." + field.getKey()));
    } else if (written.isArray()) {
      assertThat(canonical.size()).as(where).isEqualTo(written.size());
      for (int i = 0; i < written.size(); i++) {
        assertContains(canonical.get(i), written.get(i), where + "[" + i + "]");
      }
    } else if (written.isNumber()) {
      assertThat(canonical.asDouble()).as(where).isEqualTo(written.asDouble());
    } else {
      assertThat(canonical).as(where).isEqualTo(written);
    }
  }
}
