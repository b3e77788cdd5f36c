package dev.cairn.streaming;

import static dev.cairn.streaming.StreamBench.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.broker.EmbeddedBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class KilledProcessIT {

  /** Completes every record but number 30, for ever. */
  static final class Victim {
    public static void main(String[] args) {
      StreamOptions options =
          new StreamOptions(
              Map.of(
                  "bootstrap.servers",
                  args[0],
                  "session.timeout.ms",
                  6000,
                  "heartbeat.interval.ms",
                  500),
              args[1],
              List.of(args[2]),
              args[4],
              FlowLimits.defaults(),
              DeliveryGuarantee.valueOf(args[5]),
              Duration.ofSeconds(5),
              "victim");
      new RecordStream(
              options,
              received ->
                  text(received).equals("30")
                      ? new CompletableFuture<>()
                      : CompletableFuture.completedFuture(
                          new Outcome.Emit(
                              List.of(
                                  new ProducerRecord<>(
                                      args[3], received.key(), received.value())))),
              new SimpleMeterRegistry())
          .start();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_killed_process_costs_no_record_and_what_was_committed_is_not_delivered_again(
      DeliveryGuarantee delivery) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(null);
        StreamBench bench = new StreamBench(broker, delivery, 1)) {
      // Given
      bench.sendNumbers(0, 100);
      Process victim =
          new ProcessBuilder(
                  ProcessHandle.current().info().command().orElseThrow(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Victim.class.getName(),
                  broker.bootstrapServers(),
                  bench.group,
                  bench.input,
                  bench.output,
                  bench.deadLetters,
                  delivery.name())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        int visible = delivery == DeliveryGuarantee.EXACTLY_ONCE ? 30 : 99;
        assertThat(bench.read(bench.output, visible)).hasSize(visible);
        await().untilAsserted(() -> assertThat(bench.committed()).isEqualTo(30));
      } finally {
        victim.destroyForcibly().waitFor();
      }

      // When
      Queue<String> delivered = new ConcurrentLinkedQueue<>();
      bench.start(
          received -> {
            delivered.add(text(received));
            return bench.echoed(received);
          });

      // Then
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(bench.committed()).isEqualTo(100));
      assertThat(delivered).containsExactlyElementsOf(RecordStreamIT.numbers(30, 100));
      if (delivery == DeliveryGuarantee.EXACTLY_ONCE) {
        assertThat(bench.readText(bench.output, 100))
            .containsExactlyElementsOf(RecordStreamIT.numbers(0, 100));
      } else {
        assertThat(bench.readText(bench.output, 169))
            .contains("30")
            .containsAll(RecordStreamIT.numbers(0, 100));
      }
    }
  }
}
