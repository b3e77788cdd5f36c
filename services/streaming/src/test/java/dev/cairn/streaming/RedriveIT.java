package dev.cairn.streaming;

import static dev.cairn.streaming.StreamBench.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.broker.EmbeddedBroker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
@ExtendWith(SharedBroker.class)
class RedriveIT {

  private final EmbeddedBroker broker;

  RedriveIT(EmbeddedBroker broker) {
    this.broker = broker;
  }

  @ParameterizedTest
  @EnumSource
  void chosen_dead_letters_come_back_as_they_were_and_the_others_stay(DeliveryGuarantee delivery)
      throws Exception {
    try (StreamBench bench = new StreamBench(broker, delivery, 3)) {
      // Given
      RecordHeaders headers = new RecordHeaders();
      headers.add("ce_id", "a".getBytes(StandardCharsets.UTF_8));
      headers.add("empty", null);
      byte[] key = "k".getBytes(StandardCharsets.UTF_8);
      bench.send(key, "slow".getBytes(StandardCharsets.UTF_8), headers);
      bench.send(key, "bad".getBytes(StandardCharsets.UTF_8), null);
      bench.send(key, "good".getBytes(StandardCharsets.UTF_8), null);
      AtomicBoolean mended = new AtomicBoolean();
      bench.start(
          received ->
              switch (text(received)) {
                case "bad" -> rejected("malformed", "bad");
                case "slow" -> mended.get() ? bench.echoed(received) : rejected("timeout", "slow");
                default -> bench.echoed(received);
              });
      assertThat(bench.read(bench.deadLetters, 2)).hasSize(2);
      mended.set(true);
      Redrive redrive =
          new Redrive(bench.clientProperties(), bench.deadLetters, Set.of(bench.input));

      // When
      List<DeadLetter> rehearsed = new ArrayList<>();
      redrive.run(letter -> letter.deadLetterClass().equals("timeout"), true, rehearsed::add);

      // Then
      assertThat(rehearsed)
          .singleElement()
          .returns("slow", DeadLetter::reason)
          .returns(bench.input, DeadLetter::sourceTopic);
      assertThat(bench.read(bench.input, 3)).hasSize(3);

      // When
      Redrive.Report report =
          redrive.run(letter -> letter.deadLetterClass().equals("timeout"), false, _ -> {});

      // Then
      assertThat(report).isEqualTo(new Redrive.Report(1, 0));
      assertThat(bench.readText(bench.output, 2)).containsExactly("good", "slow");
      List<ConsumerRecord<byte[], byte[]>> sources = bench.read(bench.input, 4);
      ConsumerRecord<byte[], byte[]> back = sources.getLast();
      assertThat(back.key()).isEqualTo(key);
      assertThat(back.headers().toArray()).containsExactly(headers.toArray());
      assertThat(back.partition()).isEqualTo(sources.getFirst().partition());
      await().untilAsserted(() -> assertThat(bench.committed()).isEqualTo(4));
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_header_cannot_send_a_record_to_a_topic_that_is_not_written_to(DeliveryGuarantee delivery)
      throws Exception {
    try (StreamBench bench = new StreamBench(broker, delivery, 1)) {
      // Given
      bench.send("bad");
      bench.start(_ -> rejected("malformed", "bad"));
      assertThat(bench.read(bench.deadLetters, 1)).hasSize(1);
      Redrive redrive = new Redrive(bench.clientProperties(), bench.deadLetters, Set.of("another"));

      // When
      Redrive.Report report = redrive.run(_ -> true, false, _ -> {});

      // Then
      assertThat(report).isEqualTo(new Redrive.Report(0, 1));
      assertThat(bench.read(bench.input, 1)).hasSize(1);
    }
  }

  private static CompletableFuture<Outcome> rejected(String deadLetterClass, String reason) {
    return CompletableFuture.completedFuture(new Outcome.Reject(deadLetterClass, reason));
  }
}
