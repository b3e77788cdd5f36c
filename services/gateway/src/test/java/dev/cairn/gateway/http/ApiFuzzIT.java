package dev.cairn.gateway.http;

import dev.cairn.gateway.Attributions;
import dev.cairn.gateway.GatewayUnderTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of requests made from the description, good and bad: none may be answered by a 5xx, nor
 * by a status, content type, header or body that the description does not have.
 */
class ApiFuzzIT {

  /**
   * All of Schemathesis' checks but one. {@code negative_data_rejection} wants {@code "model":
   * true} refused, which protobuf's JSON form takes for the text "true".
   */
  private static final String UNCHECKED = "negative_data_rejection";

  private static Tool schemathesis;
  private static GatewayUnderTest gateway;
  @TempDir private Path directory;

  @BeforeAll
  static void start() {
    schemathesis = Tool.at("python/bin/schemathesis");
    gateway = GatewayUnderTest.start();
    gateway.attribute(
        IntStream.rangeClosed(0, Attributions.STEPS)
            .mapToObj(step -> Attributions.of("whole", step))
            .toList());
    Awaitility.await().until(() -> gateway.get("/v1/results/whole.0").statusCode() == 200);
  }

  @AfterAll
  static void stop() {
    if (gateway != null) {
      gateway.close();
    }
  }

  @Test
  void whatever_is_asked_the_answer_is_as_described() throws Exception {
    fuzz("", 60);
  }

  @Test
  void what_there_is_is_answered_as_described_as_well() throws Exception {
    fuzz(
        """
        [parameters]
        "path.generation" = "whole"
        "path.result" = "whole.0"
        "path.model" = "toy"
        "path.index" = 1
        """,
        25);
  }

  /** The event streams do not end, so they have tests of their own. */
  private void fuzz(String configuration, int examples) throws Exception {
    Files.writeString(directory.resolve("schemathesis.toml"), configuration);
    schemathesis.succeeds(
        directory,
        "--config-file",
        "schemathesis.toml",
        "run",
        gateway.uri("/openapi.yaml").toString(),
        "--exclude-operation-id",
        "followAll",
        "--exclude-operation-id",
        "followGeneration",
        "--exclude-checks",
        UNCHECKED,
        "--phases",
        "coverage,fuzzing",
        "--max-examples",
        Integer.toString(examples),
        "--seed",
        "1",
        "--request-timeout",
        "10",
        "--generation-database",
        "none");
  }
}
