package dev.cairn.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.broker.BrokerListener;
import dev.cairn.broker.EmbeddedBroker;
import dev.cairn.broker.FaultProxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A stream whose network misbehaves under load loses nothing, and exactly once repeats nothing. */
@Timeout(180)
class NetworkFaultsIT {

  private static FaultProxy proxy;
  private static EmbeddedBroker broker;

  /** What happens to the connections, and for how long. */
  enum Fault {
    CUT(FaultProxy::cut, 0),
    RESET(FaultProxy::reset, 0),
    HALF_CLOSE(FaultProxy::halfClose, 0),
    DELAY(p -> p.delay(Duration.ofMillis(200)), 2000),
    REFUSE(FaultProxy::refuse, 2000),
    STALL(FaultProxy::stall, 8000);

    private final Consumer<FaultProxy> inject;
    private final long millis;

    Fault(Consumer<FaultProxy> inject, long millis) {
      this.inject = inject;
      this.millis = millis;
    }
  }

  @BeforeAll
  static void start() {
    proxy = FaultProxy.listen();
    BrokerListener listener = BrokerListener.behind(proxy);
    broker = EmbeddedBroker.start(null, List.of(listener), Map.of());
    proxy.forwardTo(broker.port(listener));
  }

  @AfterAll
  static void stop() {
    broker.close();
    proxy.close();
  }

  @ParameterizedTest
  @CsvSource({
    "AT_LEAST_ONCE, CUT",
    "EXACTLY_ONCE, CUT",
    "AT_LEAST_ONCE, RESET",
    "EXACTLY_ONCE, RESET",
    "AT_LEAST_ONCE, HALF_CLOSE",
    "EXACTLY_ONCE, HALF_CLOSE",
    "EXACTLY_ONCE, DELAY",
    "EXACTLY_ONCE, REFUSE",
    "AT_LEAST_ONCE, STALL",
    "EXACTLY_ONCE, STALL"
  })
  void no_record_is_lost(DeliveryGuarantee delivery, Fault fault) throws Exception {
    try (StreamBench bench = new StreamBench(broker, delivery, 2)) {
      // Given
      AtomicInteger handled = new AtomicInteger();
      StreamOptions direct = bench.options(new FlowLimits(20, 1 << 20), Duration.ofSeconds(5));
      RecordStream stream =
          new RecordStream(
              new StreamOptions(
                  throughTheProxy(bench),
                  direct.groupId(),
                  direct.topics(),
                  direct.deadLetterTopic(),
                  direct.limits(),
                  direct.delivery(),
                  direct.drainTimeout(),
                  direct.stage()),
              received -> {
                handled.incrementAndGet();
                return CompletableFuture.supplyAsync(
                    () -> bench.echo(received),
                    CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS));
              },
              bench.registry);
      bench.sendNumbers(0, 600);
      stream.start();

      // When
      for (int round = 1; round <= 3; round++) {
        int until = round * 100;
        await().atMost(Duration.ofSeconds(60)).until(() -> handled.get() >= until);
        fault.inject.accept(proxy);
        if (fault.millis > 0) {
          await().pollDelay(Duration.ofMillis(fault.millis)).until(() -> true);
        }
        proxy.heal();
      }

      // Then
      await()
          .atMost(Duration.ofSeconds(90))
          .untilAsserted(() -> assertThat(bench.committed()).isEqualTo(600));
      List<String> outputs = bench.readText(bench.output, 600);
      assertThat(new HashSet<>(outputs))
          .containsExactlyInAnyOrderElementsOf(RecordStreamIT.numbers(0, 600));
      if (delivery == DeliveryGuarantee.EXACTLY_ONCE) {
        assertThat(outputs).doesNotHaveDuplicates();
      }
      StreamBench.stop(stream);
    }
  }

  private static Map<String, Object> throughTheProxy(StreamBench bench) {
    Map<String, Object> properties = new HashMap<>(bench.clientProperties());
    properties.put("bootstrap.servers", proxy.bootstrapServers());
    // Soon enough for a test; the defaults wait for half a minute.
    properties.put("request.timeout.ms", 3000);
    properties.put("delivery.timeout.ms", 6000);
    properties.put("default.api.timeout.ms", 6000);
    properties.put("max.block.ms", 4000);
    properties.put("reconnect.backoff.max.ms", 200);
    return properties;
  }
}
