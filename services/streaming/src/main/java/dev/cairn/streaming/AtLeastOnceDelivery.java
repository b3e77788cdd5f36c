package dev.cairn.streaming;

import dev.cairn.streaming.OffsetTracker.Ticket;
import dev.cairn.streaming.StreamHealth.Part;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Outputs first, then the offset: what follows from a record is acknowledged before its offset is
 * committed. A crash in between delivers the record again; nothing is lost.
 */
final class AtLeastOnceDelivery implements Delivery {

  private static final Logger log = LoggerFactory.getLogger(AtLeastOnceDelivery.class);

  /**
   * How long an output waits at most for others to be sent with. For each sending this thread, the
   * producer's and whoever reads it are woken, which costs more than all else done for a record.
   */
  private static final Duration GATHERING = Duration.ofMillis(10);

  /** The same where {@link #MANY} are in line, whose own wait is longer than that. */
  private static final int LONGER_IN_LINE = 5;

  /** So many are sent at once. */
  private static final int MANY = 16;

  private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(5);

  private final Producer<byte[], byte[]> producer;
  private final StreamHealth health;
  private final StreamMetrics metrics;
  private final Duration gathering;

  /** Sending may block while the broker is away; neither the poll thread nor a handler's may. */
  private final Outbox outbox;

  /** Records that were handed out, and of which nobody knows yet what follows from them. */
  private final AtomicInteger unanswered = new AtomicInteger();

  /** Touched by the poll thread only: commit callbacks run inside its polls. */
  private boolean commitUnderWay;

  AtLeastOnceDelivery(
      Producer<byte[], byte[]> producer, String stage, StreamHealth health, StreamMetrics metrics) {
    this(producer, stage, health, metrics, GATHERING);
  }

  AtLeastOnceDelivery(
      Producer<byte[], byte[]> producer,
      String stage,
      StreamHealth health,
      StreamMetrics metrics,
      Duration gathering) {
    this.producer = producer;
    this.health = health;
    this.metrics = metrics;
    this.gathering = gathering;
    outbox = new Outbox("cairn-publish-" + stage);
  }

  @Override
  public void received(Ticket ticket) {
    unanswered.incrementAndGet();
  }

  @Override
  public void answered(Ticket ticket) {
    unanswered.decrementAndGet();
  }

  /** Sends records; completes when all are acknowledged. */
  @Override
  public CompletableFuture<Void> publish(
      Ticket ticket, List<ProducerRecord<byte[], byte[]>> records) {
    if (records.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    Timer.Sample started = metrics.publishStarted();
    List<CompletableFuture<Void>> sent = new ArrayList<>();
    List<Runnable> sends = new ArrayList<>();
    for (ProducerRecord<byte[], byte[]> output : records) {
      CompletableFuture<Void> acknowledged = new CompletableFuture<>();
      sent.add(acknowledged);
      sends.add(() -> send(output, FIRST_BACKOFF, acknowledged));
    }
    outbox.add(sends, longestWait().toNanos(), MANY);
    return CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new))
        .whenComplete((_, _) -> metrics.published(started));
  }

  /** None, unless more is being worked on that could go along. */
  private Duration longestWait() {
    int coming = unanswered.get();
    if (coming == 0) {
      return Duration.ZERO;
    }
    return coming < MANY ? gathering : gathering.multipliedBy(LONGER_IN_LINE);
  }

  private void send(
      ProducerRecord<byte[], byte[]> output,
      Duration backoff,
      CompletableFuture<Void> acknowledged) {
    try {
      producer.send(
          output,
          (_, failure) -> {
            if (failure == null) {
              health.clear(Part.PUBLISH);
              acknowledged.complete(null);
            } else {
              failed(output, failure, backoff, acknowledged);
            }
          });
    } catch (InterruptException | IllegalStateException e) {
      // The producer is being closed: the record stays unacknowledged, and is delivered again.
      log.debug("Not sent, closing", e);
    } catch (KafkaException e) {
      failed(output, e, backoff, acknowledged);
    } catch (RuntimeException | Error e) {
      acknowledged.completeExceptionally(e); // nobody else would hear of it
    }
  }

  private void failed(
      ProducerRecord<byte[], byte[]> output,
      Exception failure,
      Duration backoff,
      CompletableFuture<Void> acknowledged) {
    // The idempotent producer mends a broken sequence by itself, for the next send.
    if (failure instanceof RetriableException || failure instanceof OutOfOrderSequenceException) {
      metrics.publishRetried();
      health.raise(
          Part.PUBLISH,
          "Cannot publish to " + output.topic() + ", trying again: " + KafkaReason.of(failure));
      Duration next = backoff.multipliedBy(2);
      retry(
          () ->
              send(
                  output,
                  next.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : next,
                  acknowledged),
          backoff);
    } else {
      acknowledged.completeExceptionally(failure);
    }
  }

  private void retry(Runnable send, Duration backoff) {
    CompletableFuture.delayedExecutor(backoff.toNanos(), TimeUnit.NANOSECONDS, Runnable::run)
        .execute(() -> outbox.add(List.of(send), 0, MANY));
  }

  @Override
  public void commitAsync(Consumer<?, ?> consumer, OffsetTracker tracker) {
    Map<TopicPartition, OffsetTracker.Watermark> moved = tracker.committable();
    if (moved.isEmpty() || commitUnderWay) {
      return;
    }
    commitUnderWay = true;
    consumer.commitAsync(
        offsets(moved),
        (_, failure) -> {
          commitUnderWay = false;
          if (failure == null) {
            tracker.committed(moved);
            health.clear(Part.COMMIT);
          } else if (!(failure instanceof RetriableException)) {
            health.raise(Part.COMMIT, "Cannot commit offsets: " + KafkaReason.of(failure));
          }
        });
  }

  @Override
  public void commitSync(Consumer<?, ?> consumer, OffsetTracker tracker) {
    Map<TopicPartition, OffsetTracker.Watermark> moved = tracker.committable();
    if (moved.isEmpty()) {
      return;
    }
    try {
      consumer.commitSync(offsets(moved), WAIT_FOR_BROKER);
      tracker.committed(moved);
      health.clear(Part.COMMIT);
    } catch (KafkaException e) {
      log.atWarn()
          .addKeyValue("partitions", moved.keySet())
          .log("Offsets not committed, their records will be delivered again: {}", e.getMessage());
    }
  }

  private static Map<TopicPartition, OffsetAndMetadata> offsets(
      Map<TopicPartition, OffsetTracker.Watermark> watermarks) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    watermarks.forEach(
        (partition, watermark) ->
            offsets.put(partition, new OffsetAndMetadata(watermark.offset())));
    return offsets;
  }

  @Override
  public void close() {
    outbox.close();
    producer.close(WAIT_FOR_BROKER);
  }
}
