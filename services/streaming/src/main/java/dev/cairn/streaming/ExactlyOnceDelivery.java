package dev.cairn.streaming;

import dev.cairn.streaming.OffsetTracker.Ticket;
import dev.cairn.streaming.StreamHealth.Part;
import dev.cairn.streaming.TransactionQueue.Batch;
import dev.cairn.streaming.TransactionQueue.Entry;
import dev.cairn.streaming.Transactions.Result;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Outputs and offsets in one transaction, opened only when everything in it is computed, so that it
 * lasts milliseconds however long a record takes. The next transaction carries whatever became
 * ready during the last one.
 *
 * <p>Two members that both believe to own a partition: the transaction names the member as it was
 * when the records arrived, and the broker refuses the older one. An abort keeps what was computed
 * and tries again; only when nobody but the broker knows whether a commit took place is everything
 * dropped, and the stream goes back to the committed offsets.
 */
final class ExactlyOnceDelivery implements Delivery {

  private static final Logger log = LoggerFactory.getLogger(ExactlyOnceDelivery.class);
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(50);
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(2);

  private record Round(Batch batch, ConsumerGroupMetadata member) {}

  private final Transactions transactions;
  private final StreamHealth health;
  private final StreamMetrics metrics;
  private final ScheduledExecutorService thread;
  private final AtomicBoolean scheduled = new AtomicBoolean();

  private final TransactionQueue queue = new TransactionQueue(); // guarded by this
  private ConsumerGroupMetadata member; // guarded by this
  private boolean mustRewind; // guarded by this

  /** Touched by the transaction thread only. */
  private Duration backoff = FIRST_BACKOFF;

  ExactlyOnceDelivery(
      Supplier<Producer<byte[], byte[]>> producers,
      String stage,
      StreamHealth health,
      StreamMetrics metrics) {
    this.health = health;
    this.metrics = metrics;
    transactions = new Transactions(producers, this::waiting);
    thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("cairn-transact-" + stage).factory());
  }

  @Override
  public synchronized void received(Ticket ticket) {
    queue.received(ticket);
  }

  @Override
  public CompletableFuture<Void> publish(
      Ticket ticket, List<ProducerRecord<byte[], byte[]>> records) {
    Timer.Sample started = metrics.publishStarted();
    CompletableFuture<Void> committed;
    synchronized (this) {
      committed = queue.ready(ticket, records);
    }
    wake(Duration.ZERO);
    return committed.whenComplete((_, _) -> metrics.published(started));
  }

  @Override
  public synchronized void member(ConsumerGroupMetadata current) {
    // A member without a generation belongs to no group; the broker would not check its commits.
    if (current.generationId() >= 0) {
      member = current;
    }
  }

  @Override
  public void forget(Collection<TopicPartition> partitions) {
    List<CompletableFuture<Void>> forgotten;
    synchronized (this) {
      forgotten = queue.forget(partitions);
    }
    forgotten.forEach(future -> future.complete(null));
  }

  @Override
  public synchronized boolean mustRewind() {
    return mustRewind;
  }

  @Override
  public void resume() {
    synchronized (this) {
      mustRewind = false;
    }
    wake(Duration.ZERO);
  }

  private void wake(Duration delay) {
    if (scheduled.compareAndSet(false, true)) {
      try {
        thread.schedule(this::transactWhileReady, delay.toNanos(), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        log.debug("No transaction, closing", e);
      }
    }
  }

  private void transactWhileReady() {
    scheduled.set(false);
    try {
      for (Round round = round(); !round.batch().isEmpty(); round = round()) {
        if (!settle(round, transactions.run(round.batch(), round.member()))) {
          wake(backoff);
          backoff = backoff.multipliedBy(2);
          backoff = backoff.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : backoff;
          return;
        }
        backoff = FIRST_BACKOFF;
      }
    } catch (InterruptException e) {
      log.debug("Interrupted, closing", e);
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  /** Batch and member belong together: a later member must not commit what an earlier received. */
  private synchronized Round round() {
    return mustRewind || member == null
        ? new Round(new Batch(List.of(), Map.of()), member)
        : new Round(queue.batch(), member);
  }

  /** Returns whether to go on at once. */
  private boolean settle(Round round, Result result) {
    return switch (result) {
      case Result.Committed _ -> {
        List<CompletableFuture<Void>> committed;
        synchronized (this) {
          committed = queue.committed(round.batch());
        }
        health.clear(Part.PUBLISH);
        committed.forEach(future -> future.complete(null));
        yield true;
      }
      case Result.Refused refused -> {
        refuse(refused.entry(), refused.cause());
        yield true;
      }
      case Result.Aborted aborted -> {
        if (isFinal(aborted.cause())) {
          fail(aborted.cause());
        } else {
          retry(aborted.cause());
        }
        yield false;
      }
      case Result.Unknown unknown -> {
        retry(unknown.cause());
        List<CompletableFuture<Void>> forgotten;
        synchronized (this) {
          mustRewind = true;
          forgotten = queue.forgetAll();
        }
        forgotten.forEach(future -> future.complete(null));
        yield false;
      }
    };
  }

  private void retry(Exception cause) {
    metrics.publishRetried();
    if (cause instanceof CommitFailedException) {
      // The group moved on since the batch was made; the next one names the member as it is now.
      log.debug("Tried again after a rebalance", cause);
      return;
    }
    waiting(cause);
  }

  private void waiting(Exception cause) {
    health.raise(Part.PUBLISH, "Cannot publish, trying again: " + KafkaReason.of(cause));
  }

  private static boolean isFinal(Exception cause) {
    return cause instanceof AuthorizationException
        || cause instanceof AuthenticationException
        || cause instanceof UnsupportedVersionException;
  }

  /** Nothing can ever be committed: every record that waits says so, and the stream stops. */
  private void fail(Throwable cause) {
    Batch batch;
    synchronized (this) {
      batch = queue.batch();
    }
    batch.entries().forEach(entry -> refuse(entry, cause));
  }

  private void refuse(Entry entry, Throwable cause) {
    Optional<CompletableFuture<Void>> refused;
    synchronized (this) {
      refused = queue.refused(entry);
    }
    refused.ifPresent(future -> future.completeExceptionally(cause));
  }

  /** The transactions commit; the tracker is only told. */
  @Override
  public void commitAsync(Consumer<?, ?> consumer, OffsetTracker tracker) {
    tracker.committed(tracker.committable());
  }

  /** Waits until what is ready is committed. */
  @Override
  public void commitSync(Consumer<?, ?> consumer, OffsetTracker tracker) {
    try {
      thread
          .submit(this::transactWhileReady)
          .get(WAIT_FOR_BROKER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | RejectedExecutionException e) {
      log.warn("Transaction not finished in time, its records will be delivered again");
    } catch (ExecutionException e) {
      log.warn("Transaction failed", e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
    commitAsync(consumer, tracker);
  }

  @Override
  public void close() {
    thread.shutdownNow();
    transactions.close();
  }
}
