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
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
@ExtendWith(SharedBroker.class)
class BackPressureIT {

  private final EmbeddedBroker broker;

  BackPressureIT(EmbeddedBroker broker) {
    this.broker = broker;
  }

  @ParameterizedTest
  @EnumSource
  void a_slow_handler_bounds_what_is_in_flight_and_loses_nothing(DeliveryGuarantee delivery)
      throws Exception {
    try (StreamBench bench = new StreamBench(broker, delivery, 2)) {
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
          .containsExactlyInAnyOrderElementsOf(RecordStreamIT.numbers(0, 300));
    }
  }

  @ParameterizedTest
  @EnumSource
  void one_stuck_record_holds_the_watermark_and_the_spread_stays_capped(DeliveryGuarantee delivery)
      throws Exception {
    try (StreamBench bench = new StreamBench(broker, delivery, 1)) {
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
      // In a transaction, whatever follows the stuck record has to wait for it, and stays in
      // flight.
      int spread = delivery == DeliveryGuarantee.EXACTLY_ONCE ? limits.maxRecords() : 50;
      await().until(() -> handled.size() >= spread);
      await()
          .during(1, TimeUnit.SECONDS)
          .until(() -> handled.size() < spread + limits.maxRecords());
      assertThat(bench.committed()).isZero();

      // When
      stuck.complete(new Outcome.Emit(List.of()));

      // Then
      await().untilAsserted(() -> assertThat(bench.committed()).isEqualTo(200));
      assertThat(handled).hasSize(200);
    }
  }
}
