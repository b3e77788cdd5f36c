package dev.cairn.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AtLeastOnceDeliveryTest {

  private static final OffsetTracker.Ticket TICKET = ticket();

  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final StreamHealth health = new StreamHealth("test");
  private final StreamMetrics metrics = new StreamMetrics(registry, "test");
  private final AtLeastOnceDelivery delivery =
      new AtLeastOnceDelivery(producer, "test", health, metrics);
  private final AtLeastOnceDelivery patient =
      new AtLeastOnceDelivery(producer, "test", health, metrics, Duration.ofHours(1));

  @AfterEach
  void close() {
    patient.close();
    delivery.close();
  }

  @Test
  void is_done_only_when_every_record_is_acknowledged() {
    // Given
    CompletableFuture<Void> published = delivery.publish(TICKET, List.of(output(), output()));
    awaitSends(2);

    // When
    producer.completeNext();

    // Then
    assertThat(published).isNotDone();
    producer.completeNext();
    assertThat(published).isCompleted();
  }

  @Test
  void nothing_to_publish_is_done_at_once() {
    assertThat(delivery.publish(TICKET, List.of())).isCompleted();
  }

  @Test
  void what_is_published_while_more_is_worked_on_goes_out_with_it() {
    // Given
    patient.received(TICKET);
    patient.received(TICKET);

    // When
    patient.answered(TICKET);
    patient.publish(TICKET, List.of(output()));

    // Then
    assertThat(producer.history()).isEmpty();

    // When
    patient.answered(TICKET);
    patient.publish(TICKET, List.of(output()));

    // Then
    awaitSends(2);
  }

  @Test
  void many_are_sent_without_waiting_for_more() {
    // Given
    patient.received(TICKET);

    // When
    for (int i = 0; i < 16; i++) {
      patient.publish(TICKET, List.of(output()));
    }

    // Then
    awaitSends(16);
  }

  @Test
  void what_is_published_does_not_wait_for_what_is_worked_on_for_long() {
    // Given
    delivery.received(TICKET);
    delivery.received(TICKET);

    // When
    delivery.answered(TICKET);
    CompletableFuture<Void> published = delivery.publish(TICKET, List.of(output()));

    // Then
    awaitSends(1);
    producer.completeNext();
    assertThat(published).isCompleted();
  }

  @Test
  void records_are_sent_in_the_order_in_which_they_were_published() {
    // Given
    delivery.received(TICKET);
    List<ProducerRecord<byte[], byte[]>> outputs =
        IntStream.range(0, 50).mapToObj(_ -> output()).toList();

    // When
    for (ProducerRecord<byte[], byte[]> output : outputs) {
      delivery.publish(TICKET, List.of(output));
    }

    // Then
    awaitSends(50);
    assertThat(producer.history()).containsExactlyElementsOf(outputs);
  }

  @Test
  void a_send_that_fails_is_tried_again_and_the_stream_says_so_meanwhile() {
    // Given
    CompletableFuture<Void> published = delivery.publish(TICKET, List.of(output()));
    awaitSends(1);

    // When
    producer.errorNext(new TimeoutException("broker away"));

    // Then
    assertThat(health.problem()).hasValue("Cannot publish to results, trying again: broker away");
    awaitSends(2);
    assertThat(published).isNotDone();

    // When
    producer.errorNext(new TimeoutException("broker still away"));
    awaitSends(3);
    producer.completeNext();

    // Then
    assertThat(published).isCompleted();
    assertThat(health.problem()).isEmpty();
    assertThat(registry.get("cairn.stream.publish.retries").counter().count()).isEqualTo(2);
  }

  @Test
  void a_send_that_can_never_succeed_fails() {
    for (var failure :
        List.of(
            new TopicAuthorizationException("no permission"),
            new RecordTooLargeException("too large"))) {
      // Given
      producer.clear();
      CompletableFuture<Void> published = delivery.publish(TICKET, List.of(output()));
      awaitSends(1);

      // When
      producer.errorNext(failure);

      // Then
      assertThat(published)
          .failsWithin(java.time.Duration.ZERO)
          .withThrowableOfType(java.util.concurrent.ExecutionException.class)
          .withCause(failure);
    }
  }

  @Test
  void a_send_that_fails_unexpectedly_fails_its_record_and_no_other() {
    // Given
    var failure = new UnsupportedOperationException("not of Kafka");
    producer.sendException = failure;

    // When
    CompletableFuture<Void> published = delivery.publish(TICKET, List.of(output()));

    // Then
    assertThat(published)
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableOfType(java.util.concurrent.ExecutionException.class)
        .withCause(failure);
    producer.sendException = null;
    delivery.publish(TICKET, List.of(output()));
    awaitSends(1);
  }

  @Test
  void what_waits_for_long_goes_with_what_comes_later_and_must_go_at_once() {
    // Given
    patient.received(TICKET);
    patient.publish(TICKET, List.of(output()));
    assertThat(producer.history()).isEmpty();

    // When
    patient.answered(TICKET);
    patient.publish(TICKET, List.of(output()));

    // Then
    awaitSends(2);
  }

  private static OffsetTracker.Ticket ticket() {
    TopicPartition partition = new TopicPartition("in", 0);
    OffsetTracker tracker = new OffsetTracker(1);
    tracker.assign(List.of(partition));
    return tracker.received(partition, 0, 0);
  }

  private void awaitSends(int count) {
    await().until(() -> producer.history().size() == count);
  }

  private static ProducerRecord<byte[], byte[]> output() {
    return new ProducerRecord<>("results", new byte[] {1});
  }
}
