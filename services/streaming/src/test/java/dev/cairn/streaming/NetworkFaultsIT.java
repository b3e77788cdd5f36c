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
import org.junit.jupiter.params.provider.EnumSource;

/** A stream whose network misbehaves under load loses nothing, and exactly once repeats nothing. */
@Timeout(180)
class NetworkFaultsIT {

  /** Soon enough for a test; the defaults wait for half a minute. */
  private static final Map<String, Object> IMPATIENT =
      Map.of(
          "request.timeout.ms",
          3000,
          "delivery.timeout.ms",
          6000,
          "default.api.timeout.ms",
          6000,
          "max.block.ms",
          4000);

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
      RecordStream stream =
          new RecordStream(
              throughTheProxy(bench, new FlowLimits(20, 1 << 20), IMPATIENT),
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

  /** Where a partition begins is asked for when an offset is lost; that can fail like any call. */
  @ParameterizedTest
  @EnumSource
  void a_broker_that_is_slow_to_say_where_a_partition_begins_is_asked_again(
      DeliveryGuarantee delivery) throws Exception {
    try (StreamBench bench = new StreamBench(broker, delivery, 1)) {
      // Given
      RecordStream stream =
          new RecordStream(
              throughTheProxy(bench, FlowLimits.defaults(), Map.of("session.timeout.ms", 30_000)),
              bench::echoed,
              bench.registry);
      stream.start();
      bench.sendNumbers(0, 10);
      await().atMost(Duration.ofSeconds(60)).until(() -> bench.committed() == 10);
      proxy.refuse();
      bench.sendNumbers(10, 20);
      bench.deleteBefore(15);

      // When
      proxy.heal();
      proxy.delay(PollLoop.WAIT_FOR_OFFSETS);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> stream.problem().orElse("").contains("trying again"));
      proxy.heal();

      // Then
      await().atMost(Duration.ofSeconds(60)).until(() -> bench.committed() == 20);
      assertThat(bench.readText(bench.output, 15))
          .hasSize(15)
          .containsAll(RecordStreamIT.numbers(15, 20));
      assertThat(bench.registry.get("cairn.stream.deleted.unread").counter().count()).isEqualTo(5);
      await().until(stream::healthy);
      StreamBench.stop(stream);
    }
  }

  /** Nothing to send or to commit would tell of it. */
  @ParameterizedTest
  @CsvSource({"AT_LEAST_ONCE, STALL", "EXACTLY_ONCE, REFUSE"})
  void an_idle_stream_says_that_its_broker_is_gone(DeliveryGuarantee delivery, Fault fault)
      throws Exception {
    try (StreamBench bench = new StreamBench(broker, delivery, 1)) {
      // Given
      RecordStream stream =
          new RecordStream(
              throughTheProxy(bench, FlowLimits.defaults(), Map.of()),
              bench::echoed,
              bench.registry);
      stream.start();
      bench.sendNumbers(0, 10);
      await().atMost(Duration.ofSeconds(60)).until(() -> bench.committed() == 10);

      // When
      fault.inject.accept(proxy);

      // Then
      await().atMost(Duration.ofSeconds(60)).until(() -> stream.problem().isPresent());
      assertThat(stream.problem())
          .hasValue("No broker answers at " + proxy.bootstrapServers() + ", trying again");
      assertThat(stream.healthy()).isFalse();

      // When
      proxy.heal();

      // Then
      await().atMost(Duration.ofSeconds(60)).until(stream::healthy);
      StreamBench.stop(stream);
    }
  }

  private static StreamOptions throughTheProxy(
      StreamBench bench, FlowLimits limits, Map<String, Object> further) {
    StreamOptions direct = bench.options(limits, Duration.ofSeconds(5));
    Map<String, Object> properties = new HashMap<>(direct.clientProperties());
    properties.put("bootstrap.servers", proxy.bootstrapServers());
    properties.put("reconnect.backoff.max.ms", 200);
    properties.putAll(further);
    return new StreamOptions(
        properties,
        direct.groupId(),
        direct.topics(),
        direct.deadLetterTopic(),
        direct.limits(),
        direct.delivery(),
        direct.drainTimeout(),
        direct.stage());
  }
}
