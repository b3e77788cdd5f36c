package dev.cairn.streaming;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads topics as a member of a consumer group, hands every record to a {@link RecordHandler}, and
 * publishes what follows from it. A record's offset is committed only after its outputs, or its
 * dead letter, are acknowledged by the broker, or together with them ({@link DeliveryGuarantee}).
 *
 * <p>A stream is started once and stopped once. Streams of one process that share a registry need
 * different stage names.
 */
public final class RecordStream {

  private static final Logger log = LoggerFactory.getLogger(RecordStream.class);

  private final StreamOptions options;
  private final RecordHandler handler;
  private final MeterRegistry registry;
  private final StreamHealth health;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private PollLoop loop;

  public RecordStream(StreamOptions options, RecordHandler handler, MeterRegistry registry) {
    this.options = options;
    this.handler = handler;
    this.registry = registry;
    health = new StreamHealth(options.stage());
  }

  /**
   * Starts the poll thread and returns. The broker need not be there yet.
   *
   * @throws IllegalStateException if the stream was started before
   * @throws org.apache.kafka.common.KafkaException if a client property is wrong
   */
  public synchronized void start() {
    if (loop != null || ended.isDone()) {
      throw new IllegalStateException(
          "The stream of stage " + options.stage() + " was started before");
    }
    var consumer =
        new KafkaConsumer<>(
            ClientProperties.forConsumer(options),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    StreamMetrics metrics = new StreamMetrics(registry, options.stage());
    metrics.watch(consumer);
    Delivery delivery;
    try {
      delivery = delivery(metrics);
    } catch (RuntimeException e) {
      metrics.close();
      consumer.close();
      throw e;
    }
    DeadLetters deadLetters = new DeadLetters(options.deadLetterTopic(), options.stage());
    Processor processor =
        new Processor(handler, delivery, deadLetters, metrics, options.limits().maxRecordBytes());
    PollLoop starting = new PollLoop(options, consumer, processor, delivery, health, metrics);
    loop = starting;
    Thread.ofPlatform()
        .name("cairn-poll-" + options.stage())
        .start(
            () -> {
              try {
                starting.run();
              } finally {
                ended.complete(null);
              }
            });
    log.atInfo()
        .addKeyValue("stage", options.stage())
        .addKeyValue("group", options.groupId())
        .addKeyValue("topics", options.topics())
        .log("Stream started");
  }

  private Delivery delivery(StreamMetrics metrics) {
    // Once, so that a producer which replaces another has its transactional id.
    Map<String, Object> properties = ClientProperties.forProducer(options);
    Supplier<Producer<byte[], byte[]>> producers =
        () -> {
          var producer =
              new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
          metrics.watch(producer);
          return producer;
        };
    return switch (options.delivery()) {
      case AT_LEAST_ONCE ->
          new AtLeastOnceDelivery(producers.get(), options.stage(), health, metrics);
      case EXACTLY_ONCE -> new ExactlyOnceDelivery(producers, options.stage(), health, metrics);
    };
  }

  /**
   * Stops taking new records, waits for those in flight within the drain timeout, commits, flushes
   * and closes. May be called more than once, and from any thread.
   *
   * @return completes when all of that is done; fails with a {@link
   *     java.util.concurrent.TimeoutException} if the poll thread does not end in time, which means
   *     that a handler blocks it
   */
  public synchronized CompletableFuture<Void> stop() {
    if (loop == null) {
      ended.complete(null);
    } else {
      loop.stop();
    }
    Duration bound =
        options.drainTimeout().plus(PollLoop.CLOSE_TIMEOUT).plus(Delivery.CLOSE_TIMEOUT);
    return ended.copy().orTimeout(bound.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whether the stream runs and nothing keeps it from its work. */
  public synchronized boolean healthy() {
    return loop != null && !ended.isDone() && health.problem().isEmpty();
  }

  /** What keeps the stream from its work, as one line for an operator. */
  public Optional<String> problem() {
    return health.problem();
  }
}
