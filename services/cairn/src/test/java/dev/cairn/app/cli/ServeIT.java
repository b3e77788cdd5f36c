package dev.cairn.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.JsonFormat;
import dev.cairn.app.Cairn;
import dev.cairn.broker.EmbeddedBroker;
import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of a running system, each as a user starts it, around a real broker. */
class ServeIT {

  private static final int STEPS = 4;

  @TempDir static Path directory;
  private static EmbeddedBroker broker;
  private static Path bundle;
  private static Path config;

  @BeforeAll
  static void buildASmallIndexAndStartABroker() throws IOException {
    bundle = DemoModel.bundle(directory);
    Path index = directory.resolve("index");
    CommandRun.of(
            "index",
            bundle,
            "--data",
            DemoModel.data(directory, 100),
            "--out",
            index,
            "--timesteps",
            2)
        .succeeded();
    broker = EmbeddedBroker.start(directory.resolve("broker"));
    config = directory.resolve("cairn.yaml");
    Files.writeString(
        config,
        """
        kafka:
          bootstrap-servers: %s
        models:
          - bundle: fashion-16px
            index: index
        gradient-stage:
          draws: 2
        scoring-stage:
          top: 3
        """
            .formatted(broker.bootstrapServers()));
  }

  @AfterAll
  static void stopTheBroker() {
    broker.close();
  }

  @Test
  void what_generate_publishes_is_attributed_by_serve_and_printed_by_watch() throws Exception {
    // Given
    Path log = directory.resolve("serve.txt");
    Process serve = startServe(log);
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> Files.readString(log, UTF_8).contains("Serving fashion-16px"));

      // When
      CommandRun.of("generate", bundle, "--config", config, "--steps", STEPS, "--count", 2)
          .succeeded();
      CommandRun watched =
          CommandRun.of(
                  "watch",
                  "--config",
                  config,
                  "--json",
                  "--from-beginning",
                  "--count",
                  2 * (STEPS + 1))
              .succeeded();

      // Then
      List<Attribution> results = new ArrayList<>();
      for (String line : watched.out().lines().toList()) {
        Attribution.Builder result = Attribution.newBuilder();
        JsonFormat.parser().merge(line, result);
        results.add(result.build());
      }
      assertThat(results)
          .filteredOn(result -> result.getSubject() == Subject.STEP)
          .hasSize(2 * STEPS)
          .allSatisfy(
              result -> {
                assertThat(result.getStepCount()).isEqualTo(STEPS);
                assertThat(result.getTopPositiveCount()).isBetween(1, 3);
              });
      assertThat(results)
          .filteredOn(result -> result.getSubject() == Subject.FINAL_IMAGE)
          .extracting(Attribution::getGenerationId)
          .containsExactlyInAnyOrder("generation-7-0", "generation-7-1");
    } finally {
      serve.destroy();
    }
    assertThat(serve.waitFor(30, TimeUnit.SECONDS)).as("stops in good order").isTrue();
    assertThat(Files.readString(log, UTF_8)).contains("Stopping").doesNotContain("Exception");
  }

  @Test
  void check_reads_the_configuration_the_bundle_and_the_index() {
    CommandRun run = CommandRun.of("check", "--config", config).succeeded();

    assertThat(run.out()).contains("cairn.yaml is valid").contains("10 examples");
  }

  @Test
  void a_broker_that_does_not_answer_is_named() {
    CommandRun.of("watch", "--bootstrap", "127.0.0.1:1", "--count", 1)
        .failedSaying("no Kafka broker answers at 127.0.0.1:1");
  }

  @Test
  void every_problem_of_a_configuration_has_its_line() throws IOException {
    Path wrong =
        Files.writeString(
            directory.resolve("wrong.yaml"), "kafka: {bootstrap: x}\nmodels: [{bundle: nowhere}]");

    CommandRun run = CommandRun.of("serve", "--config", wrong);

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err().lines())
        .hasSize(4)
        .allSatisfy(line -> assertThat(line).startsWith("cairn: " + wrong + ": "));
  }

  private static Process startServe(Path log) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Cairn.class.getName(),
            "serve",
            "--config",
            config.toString())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }
}
