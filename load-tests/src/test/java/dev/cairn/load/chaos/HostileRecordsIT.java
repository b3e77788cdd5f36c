package dev.cairn.load.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.app.config.ServeConfig;
import dev.cairn.app.process.ServingProcess;
import dev.cairn.broker.EmbeddedBroker;
import dev.cairn.schemas.v1.GenerationStep;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A flood of hostile records through the real stages. Each becomes one dead letter with the right
 * class; good records among them are attributed; and memory stays where it was. How many is {@code
 * -Dcairn.hostile.records}, their seed {@code -Dcairn.hostile.seed}.
 */
class HostileRecordsIT {

  private static final int RECORDS = Integer.getInteger("cairn.hostile.records", 10_000);
  private static final int GOOD_EVERY = 25;

  /** Generations from here on are sent before the flood. */
  private static final int ALONE = 1_000_000;

  private static final long SEED = Long.getLong("cairn.hostile.seed", 42);
  private static final long GROWTH = 64L << 20;

  @TempDir Path directory;

  @Test
  void each_becomes_a_dead_letter_with_the_right_class_and_memory_stays_flat() throws Exception {
    // Given
    Scene scene = new Scene(directory);
    scene.prepare();
    Scene.Topics topics = new Scene.Topics("fuzz");
    try (EmbeddedBroker broker = EmbeddedBroker.start(null)) {
      broker.createTopics(topics.partitions());
      Path file = scene.configuration("fuzz", broker.bootstrapServers(), topics, "at-least-once");
      ServeConfig config = ServeConfig.load(file, Map.of("CAIRN_JOURNEYS_ENABLED", "false"));
      Workload good = new Workload(topics.generations(), SEED, 0);
      HostileRecords hostile =
          new HostileRecords(
              topics.generations(),
              GenerationStep.parseFrom(good.generation(0).getFirst().value()),
              SEED);
      Map<HostileRecords.Kind, Integer> sent = new HashMap<>();
      try (Outcomes outcomes = new Outcomes(broker.bootstrapServers(), topics);
          ServingProcess _ =
              ServingProcess.start(config, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
          KafkaProducer<byte[], byte[]> producer = producer(broker)) {

        // When
        int expected = sendGood(producer, good, ALONE, ALONE + RECORDS / GOOD_EVERY);
        long began = System.nanoTime();
        awaitOutcomes(outcomes, expected);
        say("good records alone", expected, began);
        int alone = expected;
        long third = 0;
        began = System.nanoTime();
        for (int i = 0; i < RECORDS; i++) {
          HostileRecords.Hostile record = hostile.of(i);
          sent.merge(record.kind(), 1, Integer::sum);
          producer.send(record.record());
          expected++;
          if (i % GOOD_EVERY == 0) {
            expected += sendGood(producer, good, i / GOOD_EVERY, i / GOOD_EVERY + 1);
          }
          if (i == RECORDS / 3) {
            awaitOutcomes(outcomes, expected);
            third = usedHeap();
          }
        }
        awaitOutcomes(outcomes, expected);
        say("as many among hostile ones, and those", expected - alone, began);

        // Then
        assertThat(usedHeap() - third).as("bytes of growth").isLessThan(GROWTH);
        assertThat(outcomes.misjudged()).as(outcomes.byClass().toString()).isZero();
        assertThat(outcomes.repeated()).isZero();
        int flipped = sent.getOrDefault(HostileRecords.Kind.BIT_FLIPPED, 0);
        assertThat(outcomes.deadLettered()).isBetween(RECORDS - flipped, RECORDS);
        assertThat(outcomes.byClass()).doesNotContainKeys("internal", "timeout");
        for (int i = 0; i * GOOD_EVERY < RECORDS; i++) {
          String id = "chaos-" + i;
          assertThat(outcomes.attributedOf(id)).as(id).isEqualTo(Workload.RECORDS);
        }
      }
    }
  }

  private static int sendGood(
      KafkaProducer<byte[], byte[]> producer, Workload good, int from, int to) {
    for (int number = from; number < to; number++) {
      good.generation(number).forEach(producer::send);
    }
    return (to - from) * Workload.RECORDS;
  }

  /** For a reader's eyes: no test depends on a time. */
  private static void say(String what, int records, long beganNanos) {
    System.out.printf("%,d %s: %.1f s%n", records, what, (System.nanoTime() - beganNanos) / 1e9);
  }

  private static void awaitOutcomes(Outcomes outcomes, int expected) {
    await()
        .atMost(Duration.ofMinutes(5))
        .until(() -> outcomes.attributed() + outcomes.deadLettered() == expected);
  }

  private static long usedHeap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static KafkaProducer<byte[], byte[]> producer(EmbeddedBroker broker) {
    return new KafkaProducer<>(
        Map.<String, Object>of(
            "bootstrap.servers",
            broker.bootstrapServers(),
            "max.request.size",
            64 << 20,
            "buffer.memory",
            128L << 20,
            "compression.type",
            "gzip"),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }
}
