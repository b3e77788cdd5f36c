package dev.cairn.streaming;

import static dev.cairn.streaming.StreamBench.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.broker.EmbeddedBroker;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
@ExtendWith(SharedBroker.class)
class RecordStreamIT {

  private final EmbeddedBroker broker;

  RecordStreamIT(EmbeddedBroker broker) {
    this.broker = broker;
  }

  @ParameterizedTest
  @EnumSource
  void records_pass_and_are_committed_while_the_stream_runs(DeliveryGuarantee delivery)
      throws Exception {
    try (StreamBench bench = new StreamBench(broker, delivery, 3)) {
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

  @ParameterizedTest
  @EnumSource
  void a_stop_waits_for_what_is_in_flight_and_commits_it(DeliveryGuarantee delivery)
      throws Exception {
    try (StreamBench bench = new StreamBench(broker, delivery, 1)) {
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

  @ParameterizedTest
  @EnumSource
  void a_stop_does_not_wait_longer_than_its_bound_and_leaves_the_rest_uncommitted(
      DeliveryGuarantee delivery) throws Exception {
    try (StreamBench bench = new StreamBench(broker, delivery, 1)) {
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
      if (delivery == DeliveryGuarantee.EXACTLY_ONCE) {
        assertThat(bench.readText(bench.output, 5)).containsExactlyElementsOf(numbers(0, 5));
      } else {
        assertThat(bench.readText(bench.output, 6))
            .containsExactlyInAnyOrder("0", "1", "2", "4", "3", "4");
      }
    }
  }

  static List<String> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(Integer::toString).toList();
  }
}
