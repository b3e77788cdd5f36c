package dev.cairn.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.app.config.ServeConfig;
import dev.cairn.app.process.ServingProcess;
import dev.cairn.broker.EmbeddedBroker;
import dev.cairn.schemas.v1.Attribution;
import dev.cairn.streaming.DeliveryGuarantee;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bundle and index of a process that serves are exchanged while generations flow: first an index of
 * more examples, then a bundle with another projection and its index.
 */
class HotSwapIT {

  private static final int STEPS = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path directory;
  private final List<String> told = new CopyOnWriteArrayList<>();
  private int generations;

  @Test
  void every_record_has_one_result_and_each_result_names_the_version_that_it_is_of()
      throws Exception {
    // Given
    version("1", 200, 0);
    version("2", 100, 0);
    version("3", 100, 7);
    try (EmbeddedBroker broker = EmbeddedBroker.start(null)) {
      broker.createTopics(
          Map.of(
              "cairn.generations",
              3,
              "cairn.features",
              3,
              "cairn.attributions",
              2,
              "cairn.dead-letters",
              1));
      Path file = config(broker.bootstrapServers());
      switchTo("1");
      try (ServingProcess process =
          ServingProcess.start(load(file), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))) {
        process.watch(() -> load(file), told::add);
        generate(file);

        // When
        for (String version : List.of("2", "3")) {
          int before = told.size();
          switchTo(version);
          while (told.size() == before) {
            generate(file);
          }
          generate(file);
        }
        List<Attribution> results = new ArrayList<>();
        int expected = generations * (STEPS + 1);
        await()
            .atMost(PATIENCE)
            .until(
                () -> {
                  results.clear();
                  for (var record : read(broker, "cairn.attributions")) {
                    results.add(Attribution.parseFrom(record.value()));
                  }
                  return results.size() >= expected;
                });

        // Then
        assertThat(told).hasSize(2).allMatch(line -> line.startsWith("Serving fashion-16px from"));
        assertThat(read(broker, "cairn.dead-letters")).isEmpty();
        assertThat(results).extracting(Attribution::getResultId).doesNotHaveDuplicates();
        assertThat(results).hasSize(expected);
        assertThat(results)
            .extracting(result -> result.getProvenance().getIndexDigest())
            .satisfies(
                digests -> assertThat(List.copyOf(new java.util.TreeSet<>(digests))).hasSize(3));
        assertThat(results)
            .extracting(result -> result.getProvenance().getFeatures().getGradientsDigest())
            .satisfies(
                digests -> assertThat(List.copyOf(new java.util.TreeSet<>(digests))).hasSize(2));
      }
    }
  }

  private static ServeConfig load(Path file) throws IOException {
    return ServeConfig.load(file, Map.of());
  }

  private void version(String name, int stride, long seed) throws IOException {
    Path version = Files.createDirectories(directory.resolve("version-" + name));
    Path bundle = DemoModel.bundle(version);
    CommandRun.of("compile", bundle, "--seed", seed).succeeded();
    CommandRun.of(
            "index",
            bundle,
            "--data",
            DemoModel.data(version, stride),
            "--out",
            version.resolve("index"),
            "--timesteps",
            1)
        .succeeded();
  }

  /** A link that moves in one step, as a deployment would. */
  private void switchTo(String name) throws IOException {
    Path link = directory.resolve("next");
    Files.createSymbolicLink(link, Path.of("version-" + name));
    Files.move(
        link,
        directory.resolve("current"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private Path config(String bootstrapServers) throws IOException {
    return Files.writeString(
        directory.resolve("cairn.yaml"),
        """
        kafka: {bootstrap-servers: "%s"}
        delivery: %s
        models:
          - bundle: current/fashion-16px
            index: current/index
        reload-seconds: 1
        gradient-stage: {draws: 2}
        """
            .formatted(bootstrapServers, DeliveryGuarantee.EXACTLY_ONCE.configName()));
  }

  private void generate(Path file) {
    CommandRun.of(
            "generate",
            directory.resolve("version-1/fashion-16px"),
            "--config",
            file,
            "--steps",
            STEPS,
            "--seed",
            generations)
        .succeeded();
    generations++;
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(EmbeddedBroker broker, String topic) {
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "isolation.level",
                "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
      return records;
    }
  }
}
