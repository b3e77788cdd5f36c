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
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A flood of hostile records through the real stages. Each becomes one dead letter with the right
 * class; good records among them are attributed, while the flood lasts and not after it; no hostile
 * one takes the model's time; and memory stays where it was. How many is {@code
 * -Dcairn.hostile.records}, their seed {@code -Dcairn.hostile.seed}.
 */
class HostileRecordsIT {

  private static final int RECORDS = Integer.getInteger("cairn.hostile.records", 10_000);
  private static final int GOOD_EVERY = 25;
  private static final int GENERATIONS = (RECORDS + GOOD_EVERY - 1) / GOOD_EVERY;
  private static final int GOOD = GENERATIONS * Workload.RECORDS;
  private static final int ROWS_A_STEP = 2;

  private static final long SEED = Long.getLong("cairn.hostile.seed", 42);
  private static final long GROWTH = 64L << 20;

  /**
   * How many hostile records may be done with beyond those that are as far along as the good ones.
   * What the stages hold at once lets a few hundred overtake.
   */
  private static final double BEHIND = 2000;

  /** A machine that is slow for a while must not be taken for a fault: that repeats records. */
  private static final Map<String, Object> PATIENT =
      Map.of("session.timeout.ms", 120_000, "delivery.timeout.ms", 120_000);

  /** What a run came to. */
  private record Run(
      Progress progress, double cpuSeconds, double rows, long heapGrowth, int attributed) {}

  @TempDir Path directory;
  private int flipped;

  @Test
  void each_becomes_a_dead_letter_with_the_right_class_and_good_records_and_memory_are_unharmed()
      throws Exception {
    // Given
    Scene scene = new Scene(directory);
    scene.prepare();
    try (EmbeddedBroker broker =
        EmbeddedBroker.start(
            null, List.of(), Map.of("log.message.timestamp.type", "LogAppendTime"))) {

      // When
      run(scene, broker, "warm-up", false);
      Run alone = run(scene, broker, "alone", false);
      Run flooded = run(scene, broker, "flooded", true);
      say(alone, flooded);

      // Then
      assertThat(flooded.progress().resultsBehind() * RECORDS)
          .as("hostile records that overtook good ones")
          .isLessThan(BEHIND);
      int accepted = flooded.attributed() - GOOD;
      assertThat(flooded.rows() - alone.rows())
          .as("rows computed for hostile records, of which %d turned out good", accepted)
          .isBetween((double) ROWS_A_STEP * accepted, (double) ROWS_A_STEP * flipped);
      assertThat(flooded.heapGrowth()).as("bytes of growth").isLessThan(GROWTH);
    }
  }

  /** Sends everything, then starts the stages, so that they are never short of work. */
  private Run run(Scene scene, EmbeddedBroker broker, String name, boolean hostile)
      throws Exception {
    Scene.Topics topics = new Scene.Topics(name);
    broker.createTopics(topics.partitions());
    send(broker, topics, hostile);
    Path file =
        scene.configuration(name, broker.bootstrapServers(), topics, "at-least-once", PATIENT);
    ServeConfig config = ServeConfig.load(file, Map.of("CAIRN_JOURNEYS_ENABLED", "false"));
    double began = cpuSeconds();
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    try (Outcomes outcomes = new Outcomes(broker.bootstrapServers(), topics);
        ServingProcess _ = ServingProcess.start(config, meters)) {
      int expected = GOOD + (hostile ? RECORDS : 0);
      awaitOutcomes(outcomes, expected / 3);
      long third = usedHeap();
      awaitOutcomes(outcomes, expected);
      double cpu = cpuSeconds() - began;
      long growth = usedHeap() - third;
      check(outcomes, expected);
      return new Run(
          Progress.of(broker.bootstrapServers(), topics),
          cpu,
          meters.get("cairn.gradient.rows").summary().totalAmount(),
          growth,
          outcomes.attributed());
    }
  }

  private void check(Outcomes outcomes, int expected) {
    assertThat(outcomes.misjudged()).as(outcomes.byClass().toString()).isZero();
    assertThat(outcomes.repeated()).isZero();
    assertThat(outcomes.attributed() + outcomes.deadLettered()).isEqualTo(expected);
    assertThat(outcomes.attributed()).isBetween(GOOD, GOOD + flipped);
    assertThat(outcomes.byClass()).doesNotContainKeys("internal", "timeout");
    for (int i = 0; i < GENERATIONS; i++) {
      String id = "chaos-" + i;
      assertThat(outcomes.attributedOf(id)).as(id).isEqualTo(Workload.RECORDS);
    }
  }

  private void send(EmbeddedBroker broker, Scene.Topics topics, boolean flood) throws Exception {
    Workload good = new Workload(topics.generations(), SEED, 0);
    HostileRecords hostile =
        new HostileRecords(
            topics.generations(),
            GenerationStep.parseFrom(good.generation(0).getFirst().value()),
            SEED);
    try (KafkaProducer<byte[], byte[]> producer = producer(broker)) {
      for (int i = 0; i < RECORDS; i++) {
        if (flood) {
          HostileRecords.Hostile record = hostile.of(i);
          flipped += record.kind() == HostileRecords.Kind.BIT_FLIPPED ? 1 : 0;
          producer.send(record.record());
        }
        if (i % GOOD_EVERY == 0) {
          good.generation(i / GOOD_EVERY).forEach(producer::send);
        }
      }
    }
  }

  /** For a reader's eyes: no test depends on a duration. */
  private static void say(Run alone, Run flooded) {
    System.out.printf(
        """
        good records alone                      %,8.0f a second, %.2f ms of CPU each, broker included
        as many among %,6d hostile ones        %,8.0f a second, beside %,.0f hostile ones of %.2f ms each
        hostile ones that overtook a good one   %,8.0f at most
        """,
        alone.progress().resultsPerSecond(),
        1e3 * alone.cpuSeconds() / GOOD,
        RECORDS,
        flooded.progress().resultsPerSecond(),
        flooded.progress().deadLettersPerSecond(),
        1e3 * (flooded.cpuSeconds() - alone.cpuSeconds()) / RECORDS,
        flooded.progress().resultsBehind() * RECORDS);
  }

  private static double cpuSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  private static void awaitOutcomes(Outcomes outcomes, int expected) {
    await()
        .atMost(Duration.ofMinutes(5))
        .until(() -> outcomes.attributed() + outcomes.deadLettered() >= expected);
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
