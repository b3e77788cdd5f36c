package dev.cairn.streaming;

import dev.cairn.streaming.StreamHealth.Part;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Polls, hands records out, and commits what has completed. Everything here runs on the poll
 * thread, rebalance callbacks included; other threads speak to it through the queue of completions
 * only.
 *
 * <p>It never stops polling, or the group would take its partitions away: when enough is in flight
 * it pauses them instead.
 */
final class PollLoop implements Runnable, ConsumerRebalanceListener {

  private static final Logger log = LoggerFactory.getLogger(PollLoop.class);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration GATHERING = Duration.ofMillis(10);
  private static final Duration POLL_FOR_GATHERED = Duration.ofMillis(1);
  private static final Duration POLL_WHILE_PAUSED = Duration.ofMillis(1);
  private static final long WAIT_WHILE_PAUSED_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long WAIT_AFTER_FAILURE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long HOUSEKEEPING_NANOS = TimeUnit.SECONDS.toNanos(1);
  static final Duration WAIT_FOR_OFFSETS = Duration.ofSeconds(2);
  static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final StreamOptions options;
  private final Consumer<byte[], byte[]> consumer;
  private final Delivery delivery;
  private final StreamHealth health;
  private final StreamMetrics metrics;
  private final InFlight inFlight;
  private final StartOffsets startOffsets;
  private final OffsetTracker tracker;
  private final FlowControl flow;
  private final Pace pace;
  private final Silence silence;

  /** Polled, but not handed out, so not in flight yet. */
  private final Deque<ConsumerRecord<byte[], byte[]>> waiting = new ArrayDeque<>();

  private volatile boolean stopping;
  private long nextHousekeeping = System.nanoTime();

  PollLoop(
      StreamOptions options,
      Consumer<byte[], byte[]> consumer,
      Processor processor,
      Delivery delivery,
      StreamHealth health,
      StreamMetrics metrics) {
    this.options = options;
    this.consumer = consumer;
    this.delivery = delivery;
    this.health = health;
    this.metrics = metrics;
    startOffsets = new StartOffsets(options, metrics);
    inFlight = new InFlight(options.limits(), processor, delivery, startOffsets);
    tracker = inFlight.tracker();
    flow = inFlight.flow();
    silence = Silence.of(options.clientProperties());
    pace = new Pace(GATHERING, ClientProperties.mostPolled(options.limits()));
  }

  /** Asks the loop to stop. Callable from any thread. */
  void stop() {
    stopping = true;
  }

  @Override
  public void run() {
    try {
      consumer.subscribe(options.topics(), this);
      while (!stopping) {
        turn();
      }
    } catch (InterruptException e) {
      log.atInfo().addKeyValue("stage", options.stage()).log("Interrupted, stopping");
    } catch (RuntimeException | Error e) {
      fail(e);
    } finally {
      finish();
    }
  }

  private void turn() {
    boolean paused = pauseAndResume();
    long rest = 0;
    try {
      rest = poll(paused ? POLL_WHILE_PAUSED : POLL);
      health.clear(Part.POLL);
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      health.raise(
          Part.POLL,
          "Cannot read from " + options.topics() + ", trying again: " + KafkaReason.of(e));
      inFlight.settle(WAIT_AFTER_FAILURE_NANOS);
    }
    if (paused) {
      inFlight.settleWhileFull(WAIT_WHILE_PAUSED_NANOS);
    } else {
      inFlight.settle(0);
    }
    inFlight.failure().ifPresent(this::fail);
    delivery.member(consumer.groupMetadata());
    if (!delivery.mustRewind() || rewound()) {
      handOut();
    }
    metrics.inFlight(flow.records(), flow.bytes());
    if (System.nanoTime() - nextHousekeeping >= 0) {
      nextHousekeeping = System.nanoTime() + HOUSEKEEPING_NANOS;
      delivery.commitAsync(consumer, tracker);
      measureLag();
      listen();
    }
    rest(rest);
  }

  /**
   * A broker that does not say in time where a partition begins is asked again like any other.
   *
   * @return how long to rest before the next poll, in nanoseconds
   */
  private long poll(Duration wait) {
    try {
      long rest = take(wait);
      // One record comes alone, and those that gathered behind it come next. To hand it out by
      // itself would wake a worker and the gradient engine once more.
      return pace.gathered() ? take(POLL_FOR_GATHERED) : rest;
    } catch (InvalidOffsetException e) {
      startOffsets.seek(consumer, e);
      return 0;
    }
  }

  private long take(Duration wait) {
    ConsumerRecords<byte[], byte[]> records = consumer.poll(wait);
    records.forEach(waiting::addLast);
    return pace.polled(records.count(), System.nanoTime());
  }

  /** Sleeps, rather than wait for completions, each of which would wake this thread. */
  private static void rest(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /** Returns whether no partition may be fetched from now. */
  private boolean pauseAndResume() {
    Set<TopicPartition> assigned = consumer.assignment();
    boolean all = flow.full() || !waiting.isEmpty();
    Set<TopicPartition> pause = new HashSet<>(assigned);
    if (!all) {
      pause.removeIf(partition -> !tracker.spreadExhausted(partition));
    }
    Set<TopicPartition> resume = new HashSet<>(consumer.paused());
    resume.removeAll(pause);
    pause.removeAll(consumer.paused());
    if (!pause.isEmpty()) {
      consumer.pause(pause);
    }
    if (!resume.isEmpty()) {
      consumer.resume(resume);
    }
    return all;
  }

  private void handOut() {
    while (!waiting.isEmpty() && !stopping && inFlight.begin(waiting.peekFirst())) {
      waiting.removeFirst();
    }
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    tracker.assign(partitions);
    log.atInfo()
        .addKeyValue("stage", options.stage())
        .addKeyValue("partitions", partitions)
        .log("Assigned");
  }

  /** The last moment at which this member may commit for these partitions. */
  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    release(partitions);
  }

  /** Another member owns these partitions already: committing would overwrite its progress. */
  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    forgetWaiting(partitions);
    delivery.forget(partitions);
    tracker.revoke(partitions);
    log.atWarn()
        .addKeyValue("stage", options.stage())
        .addKeyValue("partitions", partitions)
        .log("Lost");
  }

  private void release(Collection<TopicPartition> partitions) {
    if (Collections.disjoint(tracker.assigned(), partitions)) {
      // Closing the consumer revokes once more what was released before.
      return;
    }
    // A cooperative rebalance takes partitions away when the group's next generation has begun.
    delivery.member(consumer.groupMetadata());
    forgetWaiting(partitions);
    int abandoned = inFlight.drain(partitions, options.drainTimeout());
    delivery.commitSync(consumer, tracker);
    delivery.forget(partitions);
    tracker.revoke(partitions);
    log.atLevel(abandoned == 0 ? Level.INFO : Level.WARN)
        .addKeyValue("stage", options.stage())
        .addKeyValue("partitions", partitions)
        .addKeyValue("redelivered", abandoned)
        .log("Released");
  }

  /**
   * Goes back to the committed offsets and drops what is under way, because it may have been
   * committed already.
   *
   * @return whether that was possible; if not, the next turn tries again
   */
  private boolean rewound() {
    Set<TopicPartition> partitions = tracker.assigned();
    try {
      Map<TopicPartition, OffsetAndMetadata> committed =
          consumer.committed(partitions, WAIT_FOR_OFFSETS);
      for (TopicPartition partition : partitions) {
        OptionalLong first = firstHeld(partition);
        if (committed.get(partition) != null) {
          consumer.seek(partition, committed.get(partition).offset());
        } else if (first.isPresent()) {
          consumer.seek(partition, first.getAsLong());
        }
      }
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException | IllegalStateException e) {
      log.debug("Not gone back yet", e);
      return false;
    }
    forgetWaiting(partitions);
    delivery.forget(partitions);
    tracker.assign(partitions);
    delivery.resume();
    log.atInfo()
        .addKeyValue("stage", options.stage())
        .addKeyValue("partitions", partitions)
        .log("Gone back to the committed offsets");
    return true;
  }

  private OptionalLong firstHeld(TopicPartition partition) {
    OptionalLong received = tracker.firstReceived(partition);
    return received.isPresent()
        ? received
        : waiting.stream()
            .filter(record -> partitionOf(record).equals(partition))
            .mapToLong(ConsumerRecord::offset)
            .findFirst();
  }

  private static TopicPartition partitionOf(ConsumerRecord<?, ?> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  private void forgetWaiting(Collection<TopicPartition> partitions) {
    Set<TopicPartition> gone = Set.copyOf(partitions);
    waiting.removeIf(record -> gone.contains(partitionOf(record)));
  }

  private void measureLag() {
    long behind = flow.records() + (long) waiting.size();
    for (TopicPartition partition : consumer.assignment()) {
      behind += consumer.currentLag(partition).orElse(0);
    }
    long now = System.currentTimeMillis();
    metrics.lag(behind, Math.max(0, now - tracker.oldestTimestamp().orElse(now)));
  }

  private void listen() {
    if (silence.lasts(consumer.metrics())) {
      health.raise(
          Part.BROKER,
          "No broker answers at %s, trying again"
              .formatted(options.clientProperties().get("bootstrap.servers")));
    } else {
      health.clear(Part.BROKER);
    }
  }

  private void fail(Throwable failure) {
    stopping = true;
    health.raise(
        Part.STREAM,
        "The stream of stage " + options.stage() + " failed and stops: " + reason(failure));
    log.atError().addKeyValue("stage", options.stage()).setCause(failure).log("Stream failed");
  }

  private static String reason(Throwable failure) {
    return failure instanceof KafkaException ? KafkaReason.of(failure) : failure.toString();
  }

  private void finish() {
    try {
      // An interrupt was the request to stop; the way out must not be cut short by it.
      Thread.interrupted();
      release(tracker.assigned());
    } catch (RuntimeException e) {
      log.atWarn().addKeyValue("stage", options.stage()).setCause(e).log("Not drained");
    }
    try {
      consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
    } catch (KafkaException e) {
      log.atWarn()
          .addKeyValue("stage", options.stage())
          .setCause(e)
          .log("Consumer not closed in good order");
    } finally {
      delivery.close();
      metrics.close();
    }
  }
}
