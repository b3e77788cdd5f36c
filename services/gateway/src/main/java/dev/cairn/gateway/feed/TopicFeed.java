package dev.cairn.gateway.feed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads whole topics on a thread of its own, as an onlooker without a consumer group: every gateway
 * sees every partition. It survives a broker that is away and topics that do not exist yet.
 */
public final class TopicFeed implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(TopicFeed.class);

  private static final Duration POLL = Duration.ofMillis(250);
  private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long RETRY_MILLIS = 1000;
  private static final long CLOSE_MILLIS = 10_000;

  private final Supplier<TopicAssignment> assignments;
  private final Consumer<List<ConsumerRecord<byte[], byte[]>>> sink;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile TopicAssignment reading;
  private volatile String problem = "has not read its topics yet";

  /**
   * @param assignments connects a consumer; called again after a failure
   * @param sink takes records on the feed's thread; its slowness slows the feed
   */
  public TopicFeed(
      Supplier<TopicAssignment> assignments, Consumer<List<ConsumerRecord<byte[], byte[]>>> sink) {
    this.assignments = assignments;
    this.sink = sink;
    this.thread = Thread.ofPlatform().name("cairn-gateway-feed").daemon(true).unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  /** What keeps the feed from reading, if anything does. */
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  private void run() {
    do {
      try (TopicAssignment topics = assignments.get()) {
        reading = topics;
        readUntilClosed(topics);
      } catch (WakeupException _) {
        // Only close wakes it up; the latch says so.
      } catch (KafkaException e) {
        fail(e.getMessage());
      } catch (RuntimeException e) {
        log.error("The gateway's feed failed and starts anew", e);
        fail(e.toString());
      }
    } while (!sleptUntilClosed());
  }

  private void readUntilClosed(TopicAssignment topics) {
    long checkAt = System.nanoTime();
    while (closed.getCount() > 0) {
      if (System.nanoTime() - checkAt >= 0) {
        topics.refresh();
        recover();
        checkAt = System.nanoTime() + CHECK_NANOS;
      }
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      topics.poll(POLL).forEach(records::add);
      if (!records.isEmpty()) {
        sink.accept(records);
        topics.handled(records);
      }
    }
  }

  private void fail(String what) {
    if (problem == null || !problem.equals(what)) {
      log.atWarn().addKeyValue("part", "gateway-feed").log("{}", what);
    }
    problem = what;
  }

  private void recover() {
    if (problem != null) {
      problem = null;
      log.atInfo().addKeyValue("part", "gateway-feed").log("Reading");
    }
  }

  private boolean sleptUntilClosed() {
    try {
      return closed.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      return closed.getCount() == 0;
    }
  }

  /** Stops reading and waits for the thread. Not on an event loop. */
  @Override
  public void close() {
    closed.countDown();
    TopicAssignment topics = reading;
    if (topics != null) {
      topics.wakeup();
    }
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
