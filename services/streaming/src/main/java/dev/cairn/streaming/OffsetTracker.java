package dev.cairn.streaming;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * Which offsets may be committed, when records complete in any order.
 *
 * <p>How does this handle gaps in the offsets? It follows the offsets that were received, in order:
 * compaction and transaction markers leave holes that are never received, so they are never waited
 * for. The watermark of a partition is one past the last received offset below which everything has
 * completed.
 *
 * <p>How does it handle a partition that leaves and comes back? Every assignment is an epoch. A
 * record belongs to the epoch in which it was received; its completion in a later one is ignored,
 * because that record has been, or will be, delivered again.
 *
 * <p>Pure: no clock, no I/O. Not thread-safe; owned by the poll thread.
 */
final class OffsetTracker {

  /** A received record on its way; proof of its epoch. */
  static final class Ticket {
    final TopicPartition partition;
    final long offset;
    final long timestamp;
    private final long epoch;
    private boolean done;

    private Ticket(TopicPartition partition, long offset, long timestamp, long epoch) {
      this.partition = partition;
      this.offset = offset;
      this.timestamp = timestamp;
      this.epoch = epoch;
    }
  }

  /** The next offset to read after everything below it completed, and the epoch that says so. */
  record Watermark(long offset, long epoch) {}

  private static final class Assignment {
    final long epoch;
    final Deque<Ticket> received = new ArrayDeque<>();
    int incomplete;
    long firstReceived = -1;
    long lastReceived = -1;
    long watermark = -1;
    long committed = -1;

    Assignment(long epoch) {
      this.epoch = epoch;
    }
  }

  private final Map<TopicPartition, Assignment> assignments = new HashMap<>();

  /** The highest watermark of each partition that was stored, in whichever epoch. */
  private final Map<TopicPartition, Long> reached = new HashMap<>();

  private final int maxSpread;
  private long epochs;

  OffsetTracker(int maxSpread) {
    this.maxSpread = maxSpread;
  }

  /** Begins a new epoch of each partition. */
  void assign(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      assignments.put(partition, new Assignment(epochs++));
    }
  }

  /** Ends the epoch of each partition; what is still in flight there can no longer be committed. */
  void revoke(Collection<TopicPartition> partitions) {
    partitions.forEach(assignments::remove);
  }

  Set<TopicPartition> assigned() {
    return Set.copyOf(assignments.keySet());
  }

  /**
   * A record arrived. An offset that does not ascend means that the log was truncated or the topic
   * made anew: what was received before speaks of records that no longer exist, so a new epoch
   * begins.
   *
   * @throws IllegalStateException if the partition is not assigned
   */
  Ticket received(TopicPartition partition, long offset, long timestamp) {
    Assignment assignment = assignments.get(partition);
    if (assignment == null) {
      throw new IllegalStateException(
          "Received offset " + offset + " of " + partition + ", which is not assigned");
    }
    if (offset <= assignment.lastReceived) {
      assign(Set.of(partition));
      assignment = assignments.get(partition);
    }
    Ticket ticket = new Ticket(partition, offset, timestamp, assignment.epoch);
    assignment.received.addLast(ticket);
    assignment.incomplete++;
    assignment.lastReceived = offset;
    if (assignment.firstReceived < 0) {
      assignment.firstReceived = offset;
    }
    return ticket;
  }

  /**
   * A record is completely processed.
   *
   * @return false if its epoch has ended, and the completion was ignored
   */
  boolean completed(Ticket ticket) {
    Assignment assignment = assignments.get(ticket.partition);
    if (assignment == null || assignment.epoch != ticket.epoch || ticket.done) {
      return false;
    }
    ticket.done = true;
    assignment.incomplete--;
    for (Ticket oldest = assignment.received.peekFirst();
        oldest != null && oldest.done;
        oldest = assignment.received.peekFirst()) {
      assignment.watermark = oldest.offset + 1;
      assignment.received.removeFirst();
    }
    return true;
  }

  /** Watermarks that moved since they were last {@link #committed}. */
  Map<TopicPartition, Watermark> committable() {
    Map<TopicPartition, Watermark> moved = new HashMap<>();
    assignments.forEach(
        (partition, assignment) -> {
          if (assignment.watermark > assignment.committed) {
            moved.put(partition, new Watermark(assignment.watermark, assignment.epoch));
          }
        });
    return moved;
  }

  /** The broker has stored these watermarks. Those of an ended epoch are ignored. */
  void committed(Map<TopicPartition, Watermark> watermarks) {
    watermarks.forEach(
        (partition, watermark) -> {
          Assignment assignment = assignments.get(partition);
          if (assignment != null && assignment.epoch == watermark.epoch()) {
            assignment.committed = Math.max(assignment.committed, watermark.offset());
            reached.merge(partition, watermark.offset(), Math::max);
          }
        });
  }

  /** The highest watermark that was stored of the partition, in this epoch or an earlier one. */
  OptionalLong reached(TopicPartition partition) {
    Long offset = reached.get(partition);
    return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
  }

  /** Records of the partition received in this epoch and not completed. */
  int incomplete(TopicPartition partition) {
    Assignment assignment = assignments.get(partition);
    return assignment == null ? 0 : assignment.incomplete;
  }

  /** The offset of the first record that was received in this epoch. */
  OptionalLong firstReceived(TopicPartition partition) {
    Assignment assignment = assignments.get(partition);
    return assignment == null || assignment.firstReceived < 0
        ? OptionalLong.empty()
        : OptionalLong.of(assignment.firstReceived);
  }

  /**
   * Whether the partition holds so many offsets above its watermark that it must not receive more.
   */
  boolean spreadExhausted(TopicPartition partition) {
    Assignment assignment = assignments.get(partition);
    return assignment != null && assignment.received.size() >= maxSpread;
  }

  /** The smallest timestamp among the oldest incomplete records, one a partition. */
  OptionalLong oldestTimestamp() {
    return assignments.values().stream()
        .filter(assignment -> !assignment.received.isEmpty())
        .mapToLong(assignment -> assignment.received.getFirst().timestamp)
        .min();
  }
}
