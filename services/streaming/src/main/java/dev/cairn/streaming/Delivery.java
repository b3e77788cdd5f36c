package dev.cairn.streaming;

import dev.cairn.streaming.OffsetTracker.Ticket;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * How outputs are published and offsets committed: everything that decides the guarantee is behind
 * this seam, and nothing else. Called by the poll thread, except where it says otherwise.
 */
interface Delivery extends AutoCloseable {

  /** How long one wait for the broker may take on the way out. */
  Duration WAIT_FOR_BROKER = Duration.ofSeconds(10);

  /** Upper bound of a {@link #commitSync} and a {@link #close} together. */
  Duration CLOSE_TIMEOUT = WAIT_FOR_BROKER.multipliedBy(2);

  /**
   * A record arrived, of which outputs will be published. In the order of a partition's offsets.
   */
  default void received(Ticket ticket) {}

  /** What follows from a received record is known, and published next. Callable from any thread. */
  default void answered(Ticket ticket) {}

  /**
   * Publishes what follows from a record. Callable from any thread, does not block.
   *
   * @return completes when all of it is certain to be kept. What can be retried is retried for
   *     ever, and is meanwhile a problem of the stream's health; any other failure fails the
   *     future.
   */
  CompletableFuture<Void> publish(Ticket ticket, List<ProducerRecord<byte[], byte[]>> records);

  /** What the group knows this member by now; commits under an older identity are refused. */
  default void member(ConsumerGroupMetadata member) {}

  /** These partitions are no longer this member's: nothing more may be committed for them. */
  default void forget(Collection<TopicPartition> partitions) {}

  /**
   * Whether the stream must go back to the committed offsets, because nobody but the broker knows
   * whether the last commit took place. Nothing is committed until {@link #resume}.
   */
  default boolean mustRewind() {
    return false;
  }

  /** The stream went back to the committed offsets. */
  default void resume() {}

  /** Commits watermarks that moved, without waiting. */
  void commitAsync(Consumer<?, ?> consumer, OffsetTracker tracker);

  /** Commits watermarks that moved, and waits within {@link #WAIT_FOR_BROKER}. */
  void commitSync(Consumer<?, ?> consumer, OffsetTracker tracker);

  /** Sends what was published, within {@link #WAIT_FOR_BROKER}, and releases the threads. */
  @Override
  void close();
}
