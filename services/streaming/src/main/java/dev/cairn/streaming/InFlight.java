package dev.cairn.streaming;

import dev.cairn.streaming.OffsetTracker.Ticket;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * The records that were handed out and are not settled. Records complete on other threads; a queue
 * brings that back to the poll thread, which alone calls the methods here.
 */
final class InFlight {

  /** A record is done with; failure is null unless the stream cannot go on. */
  private record Completion(Ticket ticket, long bytes, Throwable failure) {}

  private final Processor processor;
  private final Delivery delivery;
  private final StartOffsets startOffsets;
  private final OffsetTracker tracker;
  private final FlowControl flow;
  private final LinkedBlockingQueue<Completion> completions = new LinkedBlockingQueue<>();
  private Throwable failure;

  InFlight(FlowLimits limits, Processor processor, Delivery delivery, StartOffsets startOffsets) {
    this.processor = processor;
    this.delivery = delivery;
    this.startOffsets = startOffsets;
    tracker = new OffsetTracker(limits.maxSpread());
    flow = new FlowControl(limits);
  }

  OffsetTracker tracker() {
    return tracker;
  }

  FlowControl flow() {
    return flow;
  }

  /** Hands a record out, unless the limits forbid it now; returns whether it did. */
  boolean begin(ConsumerRecord<byte[], byte[]> received) {
    long bytes = DeadLetters.size(received);
    if (!flow.admits(bytes)) {
      return false;
    }
    TopicPartition partition = new TopicPartition(received.topic(), received.partition());
    if (tracker.firstReceived(partition).isEmpty()) {
      startOffsets.began(partition, received.offset(), tracker.reached(partition));
    }
    Ticket ticket = tracker.received(partition, received.offset(), received.timestamp());
    flow.admit(bytes);
    delivery.received(ticket);
    processor
        .process(ticket, received)
        .whenComplete((_, failed) -> completions.add(new Completion(ticket, bytes, failed)));
    return true;
  }

  /** Takes in completions, waiting up to the given time for the first. */
  void settle(long waitNanos) {
    try {
      Completion next =
          waitNanos > 0 ? completions.poll(waitNanos, TimeUnit.NANOSECONDS) : completions.poll();
      for (; next != null; next = completions.poll()) {
        flow.release(next.bytes());
        if (next.failure() == null) {
          tracker.completed(next.ticket());
        } else {
          failure = Processor.unwrap(next.failure());
        }
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /** Takes in completions for the given time, or until fetching may go on. */
  void settleWhileFull(long waitNanos) {
    long deadline = System.nanoTime() + waitNanos;
    long left = waitNanos;
    do {
      settle(left);
      left = deadline - System.nanoTime();
    } while (flow.full() && left > 0 && failure == null);
  }

  /**
   * Why the stream cannot go on: a record that could be neither answered nor made a dead letter.
   */
  Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * Waits within a bound until nothing of these partitions is in flight. Does not wait once the
   * stream has failed.
   *
   * @return how many records are still in flight there
   */
  int drain(Collection<TopicPartition> partitions, Duration bound) {
    long deadline = System.nanoTime() + bound.toNanos();
    long left = bound.toNanos();
    while (incomplete(partitions) > 0 && left > 0 && failure == null) {
      settle(left);
      left = deadline - System.nanoTime();
    }
    return incomplete(partitions);
  }

  private int incomplete(Collection<TopicPartition> partitions) {
    return partitions.stream().mapToInt(tracker::incomplete).sum();
  }
}
