package dev.cairn.streaming;

import dev.cairn.streaming.OffsetTracker.Ticket;
import dev.cairn.streaming.Outcome.Emit;
import dev.cairn.streaming.Outcome.Reject;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes one record from its arrival to the acknowledgement of everything that follows from it. */
final class Processor {

  private static final Logger log = LoggerFactory.getLogger(Processor.class);

  private final RecordHandler handler;
  private final Delivery delivery;
  private final DeadLetters deadLetters;
  private final StreamMetrics metrics;
  private final int maxRecordBytes;

  Processor(
      RecordHandler handler,
      Delivery delivery,
      DeadLetters deadLetters,
      StreamMetrics metrics,
      int maxRecordBytes) {
    this.handler = handler;
    this.delivery = delivery;
    this.deadLetters = deadLetters;
    this.metrics = metrics;
    this.maxRecordBytes = maxRecordBytes;
  }

  /**
   * Called on the poll thread; does not block.
   *
   * @return completes when the record's outputs, or its dead letter, are certain to be kept. Fails
   *     only if neither can ever be: then the record must not be committed, and the stream cannot
   *     go on.
   */
  CompletableFuture<Void> process(Ticket ticket, ConsumerRecord<byte[], byte[]> received) {
    return outcome(received)
        .exceptionally(failure -> internal(received, unwrap(failure)))
        .thenCompose(outcome -> answer(ticket, received, outcome))
        .toCompletableFuture();
  }

  private CompletableFuture<Void> answer(
      Ticket ticket, ConsumerRecord<byte[], byte[]> received, Outcome outcome) {
    delivery.answered(ticket);
    return switch (outcome) {
      case Emit emit -> emit(ticket, received, emit);
      case Reject reject -> reject(ticket, received, reject);
      case null ->
          reject(ticket, received, new Reject(Reject.INTERNAL, "The handler gave no outcome"));
    };
  }

  private CompletionStage<Outcome> outcome(ConsumerRecord<byte[], byte[]> received) {
    long bytes = DeadLetters.size(received);
    if (bytes > maxRecordBytes) {
      return CompletableFuture.completedFuture(
          new Reject(
              Reject.TOO_LARGE,
              "The record has " + bytes + " bytes; at most " + maxRecordBytes + " are accepted"));
    }
    try {
      CompletionStage<Outcome> stage = handler.handle(received);
      return stage != null ? stage : CompletableFuture.completedFuture(null);
    } catch (Exception e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * A handler's failure says nothing of the next record, unless it is the virtual machine's own.
   */
  private Outcome internal(ConsumerRecord<byte[], byte[]> received, Throwable failure) {
    if (failure instanceof VirtualMachineError && !(failure instanceof StackOverflowError)) {
      throw new CompletionException(failure);
    }
    log.atWarn()
        .addKeyValue("topic", received.topic())
        .addKeyValue("partition", received.partition())
        .addKeyValue("offset", received.offset())
        .setCause(log.isDebugEnabled() ? failure : null)
        .log("Handler failed, the record becomes a dead letter: {}", failure.toString());
    return new Reject(Reject.INTERNAL, failure.toString());
  }

  private CompletableFuture<Void> emit(
      Ticket ticket, ConsumerRecord<byte[], byte[]> received, Emit emit) {
    return delivery
        .publish(ticket, emit.records())
        .thenRun(metrics::emitted)
        .exceptionallyCompose(
            failure ->
                unwrap(failure) instanceof RecordTooLargeException tooLarge
                    ? reject(
                        ticket,
                        received,
                        new Reject(
                            Reject.TOO_LARGE, "An output is too large: " + tooLarge.getMessage()))
                    : CompletableFuture.failedFuture(unwrap(failure)));
  }

  private CompletableFuture<Void> reject(
      Ticket ticket, ConsumerRecord<byte[], byte[]> received, Reject reject) {
    ProducerRecord<byte[], byte[]> letter = deadLetters.of(received, reject);
    return delivery
        .publish(ticket, List.of(letter))
        .exceptionallyCompose(
            failure ->
                unwrap(failure) instanceof RecordTooLargeException
                    ? delivery.publish(ticket, List.of(DeadLetters.cut(letter)))
                    : CompletableFuture.failedFuture(unwrap(failure)))
        .thenRun(() -> metrics.deadLettered(reject.deadLetterClass()));
  }

  static Throwable unwrap(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
