package dev.cairn.streaming;

import static dev.cairn.streaming.StreamBench.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.broker.EmbeddedBroker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
@ExtendWith(SharedBroker.class)
class UnhealthyStreamIT {

  private final EmbeddedBroker broker;

  UnhealthyStreamIT(EmbeddedBroker broker) {
    this.broker = broker;
  }

  @ParameterizedTest
  @EnumSource
  void a_record_that_cannot_even_be_a_dead_letter_stops_the_stream_and_is_not_committed(
      DeliveryGuarantee delivery) throws Exception {
    try (StreamBench bench = new StreamBench(broker, delivery, 1)) {
      // Given
      bench.sendNumbers(0, 10);
      StreamOptions working = bench.options(FlowLimits.defaults(), Duration.ofSeconds(5));
      StreamOptions broken =
          new StreamOptions(
              working.clientProperties(),
              working.groupId(),
              working.topics(),
              "no such name!",
              working.limits(),
              working.delivery(),
              working.drainTimeout(),
              working.stage());
      RecordStream stream =
          new RecordStream(
              broken,
              received ->
                  text(received).equals("4")
                      ? CompletableFuture.completedFuture(new Outcome.Reject("malformed", "four"))
                      : bench.echoed(received),
              bench.registry);

      // When
      stream.start();

      // Then
      await().until(() -> stream.problem().isPresent());
      assertThat(stream.problem().orElseThrow()).contains("no such name!");
      assertThat(stream.healthy()).isFalse();
      StreamBench.stop(stream);
      assertThat(bench.committed()).isEqualTo(4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_topic_that_is_missing_makes_the_stream_unhealthy_until_somebody_creates_it(
      DeliveryGuarantee delivery) throws Exception {
    try (StreamBench bench = new StreamBench(broker, delivery, 1)) {
      // Given
      bench.sendNumbers(0, 10);
      String missing = bench.output + "-missing";
      Map<String, Object> impatient = new HashMap<>(bench.clientProperties());
      impatient.put("max.block.ms", 500);
      StreamOptions working = bench.options(FlowLimits.defaults(), Duration.ofSeconds(5));
      RecordStream stream =
          new RecordStream(
              new StreamOptions(
                  impatient,
                  working.groupId(),
                  working.topics(),
                  working.deadLetterTopic(),
                  working.limits(),
                  working.delivery(),
                  working.drainTimeout(),
                  working.stage()),
              received ->
                  CompletableFuture.completedFuture(
                      new Outcome.Emit(List.of(new ProducerRecord<>(missing, received.value())))),
              bench.registry);

      // When
      stream.start();

      // Then
      await().until(() -> stream.problem().isPresent());
      assertThat(stream.problem().orElseThrow()).contains("Cannot publish", missing);
      assertThat(stream.healthy()).isFalse();
      assertThat(bench.committed()).isZero();

      // When
      broker.createTopics(Map.of(missing, 1));

      // Then
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(bench.committed()).isEqualTo(10));
      assertThat(bench.readText(missing, 10))
          .containsExactlyInAnyOrderElementsOf(RecordStreamIT.numbers(0, 10));
      assertThat(stream.healthy()).isTrue();
      StreamBench.stop(stream);
    }
  }
}
