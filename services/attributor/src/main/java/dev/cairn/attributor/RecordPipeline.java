package dev.cairn.attributor;

import dev.cairn.attributor.events.Event;
import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.RejectedException;
import dev.cairn.schemas.v1.DeadLetterClass;
import dev.cairn.streaming.Outcome;
import dev.cairn.streaming.RecordHandler;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * One record's way through a stage: read and begun on a worker thread, finished on whichever thread
 * finishes it, its outcome handed out after those of the earlier records of the same key.
 */
final class RecordPipeline implements RecordHandler {

  /** What a stage does with an event. */
  interface Work {
    /**
     * Begins, on a worker thread; long computing elsewhere is awaited by the returned stage.
     *
     * @throws RejectedException at once or through the stage, if the event cannot be processed
     */
    CompletionStage<List<ProducerRecord<byte[], byte[]>>> begin(Event event);
  }

  private final EventCodec codec;
  private final WorkerExecutor workers;
  private final Work work;
  private final Deadline<Outcome> deadline;
  private final RecordTracing tracing;
  private final KeyedOrder<Outcome> order = new KeyedOrder<>();

  /**
   * @param deadline how long a record may take before it is given up; what it started may go on
   */
  RecordPipeline(
      EventCodec codec,
      WorkerExecutor workers,
      Work work,
      Duration deadline,
      RecordTracing tracing) {
    this.codec = codec;
    this.workers = workers;
    this.work = work;
    this.deadline = new Deadline<>(deadline, () -> timedOut(deadline));
    this.tracing = tracing;
  }

  /**
   * Called on the poll thread, which parses nothing: a tensor of megabytes must not stop polling.
   */
  @Override
  public CompletionStage<Outcome> handle(ConsumerRecord<byte[], byte[]> received) {
    return order.inTurn(received.key(), tracing.traced(received, () -> computed(received)));
  }

  private CompletionStage<Outcome> computed(ConsumerRecord<byte[], byte[]> received) {
    CompletableFuture<List<ProducerRecord<byte[], byte[]>>> computed = new CompletableFuture<>();
    Future<Void> accepted = workers.executeBlocking(() -> begin(received, computed), false);
    // Looked at, not listened to: listeners are called on an event loop, and to wake its thread for
    // every record costs more than what would be done there.
    if (accepted.failed()) {
      computed.completeExceptionally(accepted.cause());
    }
    // Before its turn: a record that hangs must not take its whole generation along.
    return deadline.bound(computed.handle(RecordPipeline::outcome));
  }

  private Void begin(
      ConsumerRecord<byte[], byte[]> received,
      CompletableFuture<List<ProducerRecord<byte[], byte[]>>> computed) {
    try {
      work.begin(codec.decode(received))
          .whenComplete(
              (records, failure) -> {
                if (failure == null) {
                  computed.complete(records);
                } else {
                  computed.completeExceptionally(failure);
                }
              });
    } catch (Throwable e) {
      // Errors too: nobody else hears of them.
      computed.completeExceptionally(e);
    }
    return null;
  }

  private static Outcome timedOut(Duration deadline) {
    return new Outcome.Reject(
        RejectedException.wireClass(DeadLetterClass.TIMEOUT),
        "not finished within %d ms, the deadline of a record".formatted(deadline.toMillis()));
  }

  private static Outcome outcome(List<ProducerRecord<byte[], byte[]>> records, Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return switch (cause) {
      case null -> new Outcome.Emit(records);
      case RejectedException e -> new Outcome.Reject(e.wireClass(), e.getMessage());
      default -> throw new CompletionException(cause);
    };
  }
}
