package dev.cairn.streaming;

import static dev.cairn.streaming.StreamBench.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.broker.EmbeddedBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(60)
@ExtendWith(SharedBroker.class)
class ZombieIT {

  private final EmbeddedBroker broker;

  ZombieIT(EmbeddedBroker broker) {
    this.broker = broker;
  }

  @Test
  void a_member_that_was_replaced_without_noticing_cannot_publish_what_its_successor_did()
      throws Exception {
    try (StreamBench bench = new StreamBench(broker, DeliveryGuarantee.EXACTLY_ONCE, 1)) {
      // Given
      CompletableFuture<Void> first = new CompletableFuture<>();
      CountDownLatch stuck = new CountDownLatch(1);
      Map<String, Object> impatient = new HashMap<>(bench.clientProperties());
      impatient.put("max.poll.interval.ms", 2000);
      StreamOptions options = bench.options(FlowLimits.defaults(), Duration.ofSeconds(5));
      SimpleMeterRegistry meters = new SimpleMeterRegistry();
      RecordStream zombie =
          new RecordStream(
              new StreamOptions(
                  impatient,
                  options.groupId(),
                  options.topics(),
                  options.deadLetterTopic(),
                  options.limits(),
                  options.delivery(),
                  options.drainTimeout(),
                  options.stage()),
              received -> {
                if (text(received).equals("0")) {
                  return first.thenApply(_ -> bench.echo(received));
                }
                awaitQuietly(stuck);
                return bench.echoed(received);
              },
              meters);
      bench.sendNumbers(0, 2);
      zombie.start();
      await().until(() -> first.getNumberOfDependents() > 0);

      // When
      bench.start(bench::echoed);
      assertThat(bench.readText(bench.output, 2)).containsExactly("0", "1");
      first.complete(null);

      // Then
      await().until(() -> meters.get("cairn.stream.publish.retries").counter().count() > 0);
      stuck.countDown();
      bench.sendNumbers(2, 10);
      await().untilAsserted(() -> assertThat(bench.committed()).isEqualTo(10));
      StreamBench.stop(zombie);
      assertThat(bench.readText(bench.output, 10))
          .containsExactlyElementsOf(RecordStreamIT.numbers(0, 10));
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
