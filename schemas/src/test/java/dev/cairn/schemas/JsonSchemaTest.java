package dev.cairn.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class JsonSchemaTest {

  @Test
  void the_committed_json_schema_is_that_of_the_proto_files() throws Exception {
    // Given
    String derived =
        new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValueAsString(new JsonSchema(Protos.load()).document())
            + "\n";

    // When
    String committed = Recorded.text(Path.of("src/main/resources/messages.schema.json"), derived);

    // Then
    assertThat(committed).as("Write it anew: " + Recorded.COMMAND).isEqualTo(derived);
  }
}
