package dev.cairn.streaming;

import static dev.cairn.streaming.StreamBench.header;
import static dev.cairn.streaming.StreamBench.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.broker.EmbeddedBroker;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RecordStreamIT {

  private static EmbeddedBroker broker;

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(null);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Test
  void records_pass_and_are_committed_while_the_stream_runs() throws Exception {
    try (StreamBench bench = new StreamBench(broker, 3)) {
      // Given
      bench.sendNumbers(0, 500);

      // When
      RecordStream stream = bench.start(bench::echoed);

      // Then
      assertThat(bench.readText(bench.output, 500))
          .containsExactlyInAnyOrderElementsOf(numbers(0, 500));
      await().untilAsserted(() -> assertThat(bench.committed()).isEqualTo(500));
      assertThat(stream.healthy()).isTrue();
      assertThat(
              bench
                  .registry
                  .get("cairn.stream.records")
                  .tags("stage", "test", "outcome", "emitted")
                  .counter()
                  .count())
          .isEqualTo(500);
      await()
          .untilAsserted(
              () ->
                  assertThat(bench.registry.get("cairn.stream.lag.records").gauge().value())
                      .isZero());
      assertThat(bench.registry.get("cairn.stream.inflight.bytes").gauge().value()).isZero();
      assertThat(bench.registry.get("cairn.stream.publish").timer().count()).isEqualTo(500);
    }
  }

  @Test
  void what_cannot_be_processed_becomes_a_dead_letter_with_its_bytes_and_headers()
      throws Exception {
    try (StreamBench bench = new StreamBench(broker, 1)) {
      // Given
      byte[] key = {1, 2};
      byte[] rejected = {(byte) 0xff, 0, 7};
      RecordHeaders headers = new RecordHeaders();
      headers.add("ce_id", "a".getBytes(StandardCharsets.UTF_8));
      headers.add("ce_id", "b".getBytes(StandardCharsets.UTF_8));
      headers.add("empty", null);
      bench.send(key, rejected, headers);
      bench.send("throw");
      bench.send("fail");
      bench.send("null");
      bench.send("no outcome");
      bench.send("good");

      // When
      bench.start(
          received ->
              switch (text(received)) {
                case "throw" -> throw new IllegalArgumentException("thrown");
                case "fail" ->
                    CompletableFuture.failedFuture(new IllegalArgumentException("failed"));
                case "null" -> null;
                case "no outcome" -> CompletableFuture.completedFuture(null);
                case "good" -> bench.echoed(received);
                default ->
                    CompletableFuture.completedFuture(
                        new Outcome.Reject("wrong-shape", "3 bytes,\n not 4"));
              });

      // Then
      List<ConsumerRecord<byte[], byte[]>> dead = bench.read(bench.deadLetters, 5);
      ConsumerRecord<byte[], byte[]> first = dead.getFirst();
      assertThat(first.key()).isEqualTo(key);
      assertThat(first.value()).isEqualTo(rejected);
      assertThat(List.of(first.headers().toArray()).subList(0, 3))
          .containsExactly(headers.toArray());
      assertThat(header(first, "cairn_class")).isEqualTo("wrong-shape");
      assertThat(header(first, "cairn_reason")).isEqualTo("3 bytes, not 4");
      assertThat(header(first, "cairn_stage")).isEqualTo("test");
      assertThat(header(first, "cairn_topic")).isEqualTo(bench.input);
      assertThat(header(first, "cairn_partition")).isEqualTo("0");
      assertThat(header(first, "cairn_offset")).isEqualTo("0");
      assertThat(dead.subList(1, 5))
          .extracting(letter -> text(letter) + ": " + header(letter, "cairn_class"))
          .containsExactlyInAnyOrder(
              "throw: internal", "fail: internal", "null: internal", "no outcome: internal");
      assertThat(bench.readText(bench.output, 1)).containsExactly("good");
      await().untilAsserted(() -> assertThat(bench.committed()).isEqualTo(6));
      assertThat(
              bench
                  .registry
                  .get("cairn.stream.dead.letters")
                  .tag("class", "internal")
                  .counter()
                  .count())
          .isEqualTo(4);
    }
  }

  @Test
  void a_record_above_the_bound_and_an_output_above_the_brokers_become_dead_letters()
      throws Exception {
    try (StreamBench bench = new StreamBench(broker, 1)) {
      // Given
      byte[] large = new byte[2_000_000];
      large[1_999_999] = 9;
      bench.send(null, large, null);
      bench.send("inflate");
      byte[] aboveBroker = new byte[17 * 1024 * 1024];

      // When
      bench.start(
          new FlowLimits(10, 1_000_000, 1_000_000, 100),
          received ->
              CompletableFuture.completedFuture(
                  new Outcome.Emit(List.of(new ProducerRecord<>(bench.output, aboveBroker)))));

      // Then
      List<ConsumerRecord<byte[], byte[]>> dead = bench.read(bench.deadLetters, 2);
      assertThat(dead)
          .extracting(letter -> header(letter, "cairn_class"))
          .containsExactly("too-large", "too-large");
      assertThat(dead.getFirst().value()).isEqualTo(large);
      assertThat(header(dead.getFirst(), "cairn_reason")).contains("2000000 bytes", "1000000");
      assertThat(text(dead.get(1))).isEqualTo("inflate");
    }
  }

  @Test
  void a_slow_handler_bounds_what_is_in_flight_and_loses_nothing() throws Exception {
    try (StreamBench bench = new StreamBench(broker, 2)) {
      // Given
      Queue<CompletableFuture<Outcome>> held = new ConcurrentLinkedQueue<>();
      Set<String> handled = ConcurrentHashMap.newKeySet();
      AtomicBoolean hold = new AtomicBoolean(true);
      bench.sendNumbers(0, 300);

      // When
      bench.start(
          new FlowLimits(20, 1 << 20),
          received -> {
            handled.add(text(received));
            CompletableFuture<Outcome> outcome = new CompletableFuture<>();
            CompletableFuture<Outcome> result = outcome.thenApply(_ -> bench.echo(received));
            if (hold.get()) {
              held.add(outcome);
            } else {
              outcome.complete(null);
            }
            return result;
          });

      // Then
      await().until(() -> held.size() == 20);
      await().during(1, TimeUnit.SECONDS).until(() -> handled.size() == 20);
      assertThat(bench.registry.get("cairn.stream.inflight.records").gauge().value()).isEqualTo(20);
      assertThat(bench.registry.get("cairn.stream.lag.seconds").gauge().value()).isPositive();

      // When
      hold.set(false);
      held.forEach(outcome -> outcome.complete(null));

      // Then
      assertThat(bench.readText(bench.output, 300))
          .containsExactlyInAnyOrderElementsOf(numbers(0, 300));
    }
  }

  @Test
  void one_stuck_record_holds_the_watermark_and_the_spread_stays_capped() throws Exception {
    try (StreamBench bench = new StreamBench(broker, 1)) {
      // Given
      CompletableFuture<Outcome> stuck = new CompletableFuture<>();
      Set<String> handled = ConcurrentHashMap.newKeySet();
      FlowLimits limits = new FlowLimits(10, 1 << 20, 1 << 20, 50);
      bench.sendNumbers(0, 200);

      // When
      bench.start(
          limits,
          received -> {
            handled.add(text(received));
            return text(received).equals("0") ? stuck : bench.echoed(received);
          });

      // Then
      await().until(() -> handled.size() >= 50);
      await().during(1, TimeUnit.SECONDS).until(() -> handled.size() < 50 + limits.maxRecords());
      assertThat(bench.committed()).isZero();

      // When
      stuck.complete(new Outcome.Emit(List.of()));

      // Then
      await().untilAsserted(() -> assertThat(bench.committed()).isEqualTo(200));
      assertThat(handled).hasSize(200);
    }
  }

  @Test
  void a_stop_waits_for_what_is_in_flight_and_commits_it() throws Exception {
    try (StreamBench bench = new StreamBench(broker, 1)) {
      // Given
      Queue<CompletableFuture<Outcome>> held = new ConcurrentLinkedQueue<>();
      bench.sendNumbers(0, 5);
      RecordStream stream =
          bench.start(
              received -> {
                CompletableFuture<Outcome> outcome = new CompletableFuture<>();
                held.add(outcome);
                return outcome.thenApply(_ -> bench.echo(received));
              });
      await().until(() -> held.size() == 5);

      // When
      CompletableFuture<Void> stopped = stream.stop();
      assertThat(stopped).isNotDone();
      held.forEach(outcome -> outcome.complete(null));
      stopped.get(30, TimeUnit.SECONDS);

      // Then
      assertThat(bench.committed()).isEqualTo(5);
      assertThat(bench.read(bench.output, 5)).hasSize(5);
      assertThat(stream.healthy()).isFalse();
    }
  }

  @Test
  void a_stop_does_not_wait_longer_than_its_bound_and_leaves_the_rest_uncommitted()
      throws Exception {
    try (StreamBench bench = new StreamBench(broker, 1)) {
      // Given
      Set<String> handled = ConcurrentHashMap.newKeySet();
      bench.sendNumbers(0, 5);
      RecordStream stream =
          bench.start(
              received -> {
                handled.add(text(received));
                return text(received).equals("3")
                    ? new CompletableFuture<>()
                    : bench.echoed(received);
              });
      await().until(() -> handled.size() == 5);

      // When
      StreamBench.stop(stream);

      // Then
      assertThat(bench.committed()).isEqualTo(3);

      // When
      bench.start(bench::echoed);

      // Then
      assertThat(bench.readText(bench.output, 6))
          .containsExactlyInAnyOrder("0", "1", "2", "4", "3", "4");
    }
  }

  static List<String> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(Integer::toString).toList();
  }
}
