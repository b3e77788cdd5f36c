package dev.cairn.streaming;

import dev.cairn.streaming.OffsetTracker.Ticket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * What waits to be published in a transaction: of every partition, the records in the order in
 * which they arrived, and their outputs once those are computed.
 *
 * <p>Why does an output wait for earlier records? An offset that is committed stands for all
 * records below it, so a transaction can only carry the outputs of a stretch without gaps.
 *
 * <p>Pure: no clock, no I/O. Not thread-safe.
 */
final class TransactionQueue {

  /** A record on its way into a transaction. */
  static final class Entry {
    final Ticket ticket;
    private List<ProducerRecord<byte[], byte[]>> outputs;
    private CompletableFuture<Void> committed;

    private Entry(Ticket ticket) {
      this.ticket = ticket;
    }

    List<ProducerRecord<byte[], byte[]>> outputs() {
      return outputs;
    }
  }

  /** The outputs of gapless stretches of records, and the offsets after them. */
  record Batch(List<Entry> entries, Map<TopicPartition, OffsetAndMetadata> offsets) {
    boolean isEmpty() {
      return entries.isEmpty();
    }
  }

  private final Map<TopicPartition, Deque<Entry>> arrived = new HashMap<>();
  private final Map<Ticket, Entry> entries = new HashMap<>();

  /** A record arrived; later than all earlier ones of its partition. */
  void received(Ticket ticket) {
    Entry entry = new Entry(ticket);
    arrived.computeIfAbsent(ticket.partition, _ -> new ArrayDeque<>()).addLast(entry);
    entries.put(ticket, entry);
  }

  /**
   * A record's outputs are computed.
   *
   * @return completes when a transaction with them is committed; at once for a record that was
   *     forgotten, since it is delivered again
   */
  CompletableFuture<Void> ready(Ticket ticket, List<ProducerRecord<byte[], byte[]>> outputs) {
    Entry entry = entries.get(ticket);
    if (entry == null) {
      return CompletableFuture.completedFuture(null);
    }
    entry.outputs = List.copyOf(outputs);
    entry.committed = new CompletableFuture<>();
    return entry.committed;
  }

  /** Everything that a transaction could carry now. */
  Batch batch() {
    List<Entry> ready = new ArrayList<>();
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    arrived.forEach(
        (partition, queue) -> {
          for (Entry entry : queue) {
            if (entry.outputs == null) {
              break;
            }
            ready.add(entry);
            offsets.put(partition, new OffsetAndMetadata(entry.ticket.offset + 1));
          }
        });
    return new Batch(ready, offsets);
  }

  /**
   * A transaction with this batch was committed.
   *
   * @return what to complete, outside of any lock
   */
  List<CompletableFuture<Void>> committed(Batch batch) {
    List<CompletableFuture<Void>> committed = new ArrayList<>();
    for (Entry entry : batch.entries()) {
      // A partition may have been forgotten meanwhile.
      if (entries.remove(entry.ticket) != null) {
        arrived.get(entry.ticket.partition).removeFirst();
        committed.add(entry.committed);
      }
    }
    return committed;
  }

  /**
   * An entry's outputs can never be published: it is as if they were not computed yet.
   *
   * @return what to fail, outside of any lock
   */
  Optional<CompletableFuture<Void>> refused(Entry entry) {
    entry.outputs = null;
    return Optional.ofNullable(entries.containsKey(entry.ticket) ? entry.committed : null);
  }

  /**
   * Drops all that is known of these partitions.
   *
   * @return what to complete, outside of any lock
   */
  List<CompletableFuture<Void>> forget(Collection<TopicPartition> partitions) {
    List<CompletableFuture<Void>> forgotten = new ArrayList<>();
    for (TopicPartition partition : partitions) {
      Deque<Entry> queue = arrived.remove(partition);
      if (queue != null) {
        for (Entry entry : queue) {
          entries.remove(entry.ticket);
          if (entry.outputs != null) {
            forgotten.add(entry.committed);
          }
        }
      }
    }
    return forgotten;
  }

  /** As {@link #forget(Collection)}, for all partitions. */
  List<CompletableFuture<Void>> forgetAll() {
    return forget(List.copyOf(arrived.keySet()));
  }
}
