package dev.cairn.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.JsonFormat;
import dev.cairn.app.Cairn;
import dev.cairn.broker.EmbeddedBroker;
import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.Subject;
import dev.cairn.streaming.DeliveryGuarantee;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
    config = config(DeliveryGuarantee.AT_LEAST_ONCE);
  }

  /** Each guarantee has topics of its own, so that one test does not read another's results. */
  private static Path config(DeliveryGuarantee delivery) throws IOException {
    String name = delivery.configName();
    return Files.writeString(
        directory.resolve(name + ".yaml"),
        """
        kafka:
          bootstrap-servers: %1$s
        topics:
          generations: generations-%2$s
          features: features-%2$s
          attributions: attributions-%2$s
          dead-letters: dead-letters-%2$s
        delivery: %2$s
        models:
          - bundle: fashion-16px
            index: index
        gradient-stage:
          draws: 2
        scoring-stage:
          top: 3
        """
            .formatted(broker.bootstrapServers(), name));
  }

  @AfterAll
  static void stopTheBroker() {
    broker.close();
  }

  @ParameterizedTest
  @EnumSource
  void what_generate_publishes_is_attributed_by_serve_and_printed_by_watch(
      DeliveryGuarantee delivery) throws Exception {
    // Given
    Path config = config(delivery);
    Path log = directory.resolve("serve.txt");
    Process serve = startServe(config, log);
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
  void redrive_lists_dead_letters_and_puts_chosen_ones_back() throws IOException {
    // Given
    String source = "redriven-generations";
    String deadLetters = "redriven-dead-letters";
    broker.createTopics(Map.of(source, 2, "redriven-features", 1, deadLetters, 1));
    Path config = directory.resolve("redrive.yaml");
    try (var producer =
        new KafkaProducer<byte[], byte[]>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(deadLetter(deadLetters, "timeout", source));
      producer.send(deadLetter(deadLetters, "malformed", source));
    }
    Files.writeString(
        config,
        """
        kafka: {bootstrap-servers: "%s"}
        topics:
          generations: redriven-generations
          features: redriven-features
          dead-letters: redriven-dead-letters
        """
            .formatted(broker.bootstrapServers()));

    // When
    CommandRun listed = CommandRun.of("redrive", "--config", config, "--dry-run").succeeded();
    CommandRun undecided = CommandRun.of("redrive", "--config", config);
    CommandRun put = CommandRun.of("redrive", "--config", config, "--class", "timeout").succeeded();

    // Then
    assertThat(listed.out().lines())
        .containsExactly(
            "0-0  timeout  from redriven-generations-1 at 7  because",
            "0-1  malformed  from redriven-generations-1 at 7  because");
    assertThat(undecided.code()).isEqualTo(2);
    assertThat(put.out().lines()).hasSize(1);
    assertThat(put.err()).contains("Put back 1 dead letters");
  }

  private static ProducerRecord<byte[], byte[]> deadLetter(
      String topic, String deadLetterClass, String source) {
    var letter = new ProducerRecord<byte[], byte[]>(topic, new byte[] {1});
    Map.of(
            "class",
            deadLetterClass,
            "reason",
            "because",
            "stage",
            "gradient",
            "topic",
            source,
            "partition",
            "1",
            "offset",
            "7")
        .forEach((name, value) -> letter.headers().add("cairn_" + name, value.getBytes(UTF_8)));
    return letter;
  }

  @Test
  void check_reads_the_configuration_the_bundle_and_the_index() {
    CommandRun run = CommandRun.of("check", "--config", config).succeeded();

    assertThat(run.out()).contains("at-least-once.yaml is valid").contains("10 examples");
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

  static Process startServe(Path config, Path log) throws IOException {
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
