package dev.cairn.streaming;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.streaming.OffsetTracker.Ticket;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExactlyOnceDeliveryTest {

  private static final TopicPartition PARTITION = new TopicPartition("in", 0);

  private final List<MockProducer<byte[], byte[]>> producers =
      Collections.synchronizedList(new ArrayList<>());
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final StreamHealth health = new StreamHealth("test");
  private final OffsetTracker tracker = new OffsetTracker(100);
  private final ExactlyOnceDelivery delivery =
      new ExactlyOnceDelivery(this::producer, "test", health, new StreamMetrics(registry, "test"));

  private Producer<byte[], byte[]> producer() {
    MockProducer<byte[], byte[]> made =
        new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    producers.add(made);
    return made;
  }

  @BeforeEach
  void join() {
    tracker.assign(List.of(PARTITION));
    delivery.member(member(1));
  }

  @AfterEach
  void close() {
    delivery.close();
  }

  @Test
  void an_output_waits_for_earlier_records_and_is_then_published_with_the_offset_after_it() {
    // Given
    Ticket first = received(10);
    Ticket second = received(12);

    // When
    CompletableFuture<Void> later = delivery.publish(second, output("b"));

    // Then
    await().during(Duration.ofMillis(100)).until(() -> !later.isDone());
    assertThat(published(0)).isEmpty();

    // When
    CompletableFuture<Void> earlier = delivery.publish(first, output("a"));

    // Then
    await().until(() -> earlier.isDone() && later.isDone());
    assertThat(published(0)).containsExactly("a", "b");
    assertThat(committedOffset(0)).isEqualTo(13);
  }

  @Test
  void a_record_without_outputs_is_committed_too() {
    CompletableFuture<Void> published = delivery.publish(received(3), List.of());
    await().until(published::isDone);
    assertThat(committedOffset(0)).isEqualTo(4);
  }

  @Test
  void an_aborted_transaction_is_tried_again_with_what_was_computed() {
    // Given
    producers.getFirst().commitTransactionException = new CommitFailedException("older member");

    // When
    CompletableFuture<Void> published = delivery.publish(received(0), output("a"));

    // Then
    await().until(() -> registry.get("cairn.stream.publish.retries").counter().count() > 0);
    assertThat(published).isNotDone();

    // When
    producers.getFirst().commitTransactionException = null;

    // Then
    await().until(published::isDone);
    assertThat(published(0)).containsExactly("a");
    assertThat(producers).hasSize(1);
    assertThat(delivery.mustRewind()).isFalse();
  }

  @Test
  void an_unanswered_commit_is_said_and_asked_for_again_and_not_begun_anew() {
    // Given
    MockProducer<byte[], byte[]> producer = producers.getFirst();
    producer.commitTransactionException = new TimeoutException("no answer");

    // When
    CompletableFuture<Void> published = delivery.publish(received(0), output("a"));
    await().during(Duration.ofMillis(100)).until(() -> !published.isDone());
    assertThat(health.problem()).contains("Cannot publish, trying again: no answer");
    producer.commitTransactionException = null;

    // Then
    await().until(published::isDone);
    assertThat(health.problem()).isEmpty();
    assertThat(published(0)).containsExactly("a");
    assertThat(registry.get("cairn.stream.publish.retries").counter().count()).isZero();
  }

  @Test
  void a_producer_fenced_before_its_commit_is_replaced_and_nothing_is_lost() {
    // Given
    producers.getFirst().sendOffsetsToTransactionException = new ProducerFencedException("older");
    producers.getFirst().abortTransactionException = new ProducerFencedException("older");

    // When
    CompletableFuture<Void> published = delivery.publish(received(0), output("a"));

    // Then
    await().until(published::isDone);
    assertThat(producers).hasSize(2);
    assertThat(published(1)).containsExactly("a");
    assertThat(delivery.mustRewind()).isFalse();
  }

  @Test
  void after_a_commit_of_unknown_outcome_nothing_is_published_until_the_stream_has_gone_back() {
    // Given
    producers.getFirst().commitTransactionException = new ProducerFencedException("older");
    producers.getFirst().abortTransactionException = new ProducerFencedException("older");

    // When
    CompletableFuture<Void> dropped = delivery.publish(received(0), output("a"));

    // Then
    await().until(delivery::mustRewind);
    await().until(dropped::isDone);
    CompletableFuture<Void> tooEarly = delivery.publish(received(1), output("b"));
    await().during(Duration.ofMillis(200)).until(() -> !tooEarly.isDone());

    // When
    delivery.forget(List.of(PARTITION));
    tracker.assign(List.of(PARTITION));
    delivery.resume();
    CompletableFuture<Void> again = delivery.publish(received(0), output("a"));

    // Then
    await().until(again::isDone);
    assertThat(published(1)).containsExactly("a");
    assertThat(health.problem()).isEmpty();
  }

  @Test
  void what_can_never_be_published_fails_instead_of_being_tried_for_ever() {
    // Given
    producers.getFirst().sendOffsetsToTransactionException =
        new TransactionalIdAuthorizationException("no permission");

    // When
    CompletableFuture<Void> published = delivery.publish(received(0), output("a"));

    // Then
    await().until(published::isCompletedExceptionally);
  }

  @Test
  void a_member_that_left_the_group_is_not_taken_for_a_member() {
    // Given
    delivery.member(new ConsumerGroupMetadata("g"));

    // When
    CompletableFuture<Void> published = delivery.publish(received(0), output("a"));

    // Then
    await().until(published::isDone);
    assertThat(producers.getFirst().consumerGroupOffsetsHistory()).hasSize(1);
  }

  private Ticket received(long offset) {
    Ticket ticket = tracker.received(PARTITION, offset, 0);
    delivery.received(ticket);
    return ticket;
  }

  private List<String> published(int producer) {
    return producers.get(producer).history().stream()
        .map(output -> new String(output.value(), UTF_8))
        .toList();
  }

  private long committedOffset(int producer) {
    return producers
        .get(producer)
        .consumerGroupOffsetsHistory()
        .getLast()
        .get("g")
        .get(PARTITION)
        .offset();
  }

  private static ConsumerGroupMetadata member(int generation) {
    return new ConsumerGroupMetadata("g", generation, "m", Optional.empty());
  }

  private static List<ProducerRecord<byte[], byte[]>> output(String value) {
    return List.of(new ProducerRecord<>("results", value.getBytes(UTF_8)));
  }
}
