package dev.cairn.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.broker.EmbeddedBroker;
import java.time.Duration;
import java.util.HashSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class BrokerRestartIT {

  @ParameterizedTest
  @EnumSource
  void a_broker_that_goes_and_comes_back_under_load_costs_no_record(DeliveryGuarantee delivery)
      throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(null);
        StreamBench bench = new StreamBench(broker, delivery, 2)) {
      // Given
      AtomicInteger handled = new AtomicInteger();
      RecordStream stream =
          bench.start(
              new FlowLimits(50, 1 << 20),
              received -> {
                handled.incrementAndGet();
                return CompletableFuture.supplyAsync(
                    () -> bench.echo(received),
                    CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS));
              });
      bench.sendNumbers(0, 1000);
      await().until(() -> handled.get() > 100);

      // When
      broker.restart();

      // Then
      bench.sendNumbers(1000, 1100);
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(bench.committed()).isEqualTo(1100));
      assertThat(new HashSet<>(bench.readText(bench.output, 1100)))
          .containsExactlyInAnyOrderElementsOf(RecordStreamIT.numbers(0, 1100));
      await().until(stream::healthy);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_stream_started_before_its_broker_begins_when_the_broker_comes(DeliveryGuarantee delivery)
      throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(null);
        StreamBench bench = new StreamBench(broker, delivery, 1)) {
      // Given
      bench.sendNumbers(0, 10);
      broker.stop();
      bench.start(bench::echoed);

      // When
      broker.restart();

      // Then
      assertThat(bench.readText(bench.output, 10)).hasSize(10);
    }
  }
}
