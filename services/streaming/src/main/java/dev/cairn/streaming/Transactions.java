package dev.cairn.streaming;

import dev.cairn.streaming.TransactionQueue.Batch;
import dev.cairn.streaming.TransactionQueue.Entry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one transaction after another, on a producer that is replaced when the broker refuses it for
 * good. All of it may block; one thread calls {@link #run}, any thread {@link #close}.
 */
final class Transactions implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Transactions.class);

  /** How a transaction ended. */
  sealed interface Result {
    record Committed() implements Result {}

    /** Certain to have had no effect. */
    record Aborted(Exception cause) implements Result {}

    /** Had no effect, and never will with this output of this record. */
    record Refused(Entry entry, Exception cause) implements Result {}

    /** The broker may or may not have committed it before the producer became useless. */
    record Unknown(KafkaException cause) implements Result {}
  }

  /** The first send that failed; those after it fail because of it. */
  private record FailedSend(Entry entry, Exception cause) {}

  private final Supplier<Producer<byte[], byte[]>> factory;
  private final Consumer<KafkaException> unanswered;
  private Producer<byte[], byte[]> producer;
  private boolean initialised;
  private volatile boolean closing;

  /**
   * @param factory makes a producer with the stream's own transactional id
   * @param unanswered told each time that the broker does not answer, and is asked again
   */
  Transactions(Supplier<Producer<byte[], byte[]>> factory, Consumer<KafkaException> unanswered) {
    this.factory = factory;
    this.unanswered = unanswered;
    this.producer = factory.get();
  }

  /**
   * Publishes a batch and commits its offsets, or neither.
   *
   * @param member the identity in the group under which the batch's records were received; a member
   *     that the group has since replaced is refused by the broker
   * @throws InterruptException if the calling thread is interrupted
   */
  Result run(Batch batch, ConsumerGroupMetadata member) {
    boolean committing = false;
    AtomicReference<FailedSend> failed = new AtomicReference<>();
    try {
      begin();
      for (Entry entry : batch.entries()) {
        for (ProducerRecord<byte[], byte[]> output : entry.outputs()) {
          producer.send(
              output,
              (_, failure) -> {
                if (failure != null) {
                  failed.compareAndSet(null, new FailedSend(entry, failure));
                }
              });
        }
      }
      producer.sendOffsetsToTransaction(batch.offsets(), member);
      committing = true;
      commit();
      return new Result.Committed();
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      return undo(e, failed.get(), committing);
    }
  }

  private void begin() {
    if (!initialised) {
      // Waits until a transaction that this id left open is ended.
      producer.initTransactions();
      initialised = true;
    }
    producer.beginTransaction();
  }

  /** After a time-out only the same call again tells how the commit ended. */
  private void commit() {
    while (true) {
      try {
        producer.commitTransaction();
        return;
      } catch (TimeoutException e) {
        unanswered.accept(e);
        if (closing) {
          throw e;
        }
      }
    }
  }

  private Result undo(KafkaException cause, FailedSend failed, boolean committing) {
    if (initialised && !aborted()) {
      replaceProducer();
      if (committing) {
        return new Result.Unknown(cause);
      }
    }
    if (failed == null) {
      return new Result.Aborted(cause);
    }
    return isOfTheRecord(failed.cause())
        ? new Result.Refused(failed.entry(), failed.cause())
        : new Result.Aborted(failed.cause());
  }

  /** Whether the producer could end its transaction and can begin another. */
  private boolean aborted() {
    while (true) {
      try {
        producer.abortTransaction();
        return true;
      } catch (TimeoutException e) {
        unanswered.accept(e);
        if (closing) {
          return false;
        }
      } catch (InterruptException e) {
        throw e;
      } catch (KafkaException | IllegalStateException e) {
        log.debug("The producer is of no more use", e);
        return false;
      }
    }
  }

  private synchronized void replaceProducer() {
    initialised = false;
    producer.close(Duration.ZERO);
    if (!closing) {
      producer = factory.get();
    }
  }

  /** Whether this output would be refused again however often it is sent. */
  private static boolean isOfTheRecord(Exception failure) {
    return failure instanceof RecordTooLargeException
        || failure instanceof InvalidConfigurationException
        || failure instanceof InvalidRecordException
        || failure instanceof AuthorizationException;
  }

  @Override
  public void close() {
    closing = true;
    synchronized (this) {
      producer.close(Delivery.WAIT_FOR_BROKER);
    }
  }
}
