package dev.cairn.streaming;

import static dev.cairn.streaming.StreamBench.header;
import static dev.cairn.streaming.StreamBench.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.broker.EmbeddedBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
@ExtendWith(SharedBroker.class)
class DeadLettersIT {

  private final EmbeddedBroker broker;

  DeadLettersIT(EmbeddedBroker broker) {
    this.broker = broker;
  }

  @ParameterizedTest
  @EnumSource
  void what_cannot_be_processed_becomes_a_dead_letter_with_its_bytes_and_headers(
      DeliveryGuarantee delivery) throws Exception {
    try (StreamBench bench = new StreamBench(broker, delivery, 1)) {
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

  @ParameterizedTest
  @EnumSource
  void a_record_above_the_bound_and_an_output_above_the_brokers_become_dead_letters(
      DeliveryGuarantee delivery) throws Exception {
    try (StreamBench bench = new StreamBench(broker, delivery, 1)) {
      // Given
      byte[] large = new byte[2_000_000];
      large[1_999_999] = 9;
      bench.send(null, large, null);
      bench.send("inflate");
      byte[] aboveBroker = new byte[17 * 1024 * 1024];
      new Random(1).nextBytes(aboveBroker);

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

  @ParameterizedTest
  @EnumSource
  void what_is_small_on_the_wire_and_huge_once_decompressed_stops_nothing(
      DeliveryGuarantee delivery) throws Exception {
    try (StreamBench bench = new StreamBench(broker, delivery, 1)) {
      // Given
      byte[] bomb = new byte[20 * 1024 * 1024];
      bench.sendCompressed(bomb);
      bench.send("good");

      // When: dead letters that do not compress are as large as the record
      Map<String, Object> uncompressed = new HashMap<>(bench.clientProperties());
      uncompressed.put("compression.type", "none");
      StreamOptions options = bench.options(FlowLimits.defaults(), Duration.ofSeconds(5));
      RecordStream stream =
          new RecordStream(
              new StreamOptions(
                  uncompressed,
                  options.groupId(),
                  options.topics(),
                  options.deadLetterTopic(),
                  options.limits(),
                  options.delivery(),
                  options.drainTimeout(),
                  options.stage()),
              bench::echoed,
              bench.registry);
      stream.start();

      // Then
      ConsumerRecord<byte[], byte[]> cut = bench.read(bench.deadLetters, 1).getFirst();
      assertThat(header(cut, "cairn_class")).isEqualTo("too-large");
      assertThat(header(cut, "cairn_value_bytes")).isEqualTo(Integer.toString(bomb.length));
      assertThat(cut.value()).hasSize(64 * 1024);
      assertThat(bench.readText(bench.output, 1)).containsExactly("good");
      await().untilAsserted(() -> assertThat(bench.committed()).isEqualTo(2));
      StreamBench.stop(stream);
    }
  }
}
