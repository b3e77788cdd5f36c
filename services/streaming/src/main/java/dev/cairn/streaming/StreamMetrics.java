package dev.cairn.streaming;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * A stream's meters, all tagged with its stage. The poll thread sets the gauges' values, so that a
 * scrape never touches its state.
 */
final class StreamMetrics implements AutoCloseable {

  private final MeterRegistry registry;
  private final String stage;
  private final AtomicLong inFlightRecords = new AtomicLong();
  private final AtomicLong inFlightBytes = new AtomicLong();
  private final AtomicLong lagRecords = new AtomicLong();
  private final AtomicLong lagMillis = new AtomicLong();
  private final Counter emitted;
  private final Counter deadLettered;
  private final Counter publishRetries;
  private final Counter deletedUnread;
  private final Counter setBack;
  private final Timer publish;
  private final List<Gauge> gauges;
  private final AtomicReference<Producer<?, ?>> producer = new AtomicReference<>();
  private final List<KafkaMeters> clients = new CopyOnWriteArrayList<>();

  StreamMetrics(MeterRegistry registry, String stage) {
    this.registry = registry;
    this.stage = stage;
    emitted = records("emitted");
    deadLettered = records("dead-letter");
    publishRetries =
        Counter.builder("cairn.stream.publish.retries")
            .description("Sends that failed and were tried again")
            .tag("stage", stage)
            .register(registry);
    deletedUnread =
        Counter.builder("cairn.stream.deleted.unread")
            .description("Offsets that retention deleted before this stage had read them")
            .tag("stage", stage)
            .register(registry);
    setBack =
        Counter.builder("cairn.stream.set.back")
            .description("Offsets that were read again although this process had committed them")
            .tag("stage", stage)
            .register(registry);
    publish =
        Timer.builder("cairn.stream.publish")
            .description(
                "From a record's outcome to the acknowledgement of all that follows from it")
            .tag("stage", stage)
            .publishPercentileHistogram()
            .register(registry);
    gauges =
        List.of(
            gauge("cairn.stream.inflight.records", "Records in flight", inFlightRecords, 1),
            gauge(
                "cairn.stream.inflight.bytes", "Bytes of the records in flight", inFlightBytes, 1),
            gauge(
                "cairn.stream.lag.records",
                "Records not completely processed, in flight or still in the log",
                lagRecords,
                1),
            gauge(
                "cairn.stream.lag.seconds", "Age of the oldest record in flight", lagMillis, 1e-3));
  }

  /** Tells what the stream's consumer tells of itself. */
  void watch(Consumer<?, ?> consumer) {
    clients.add(KafkaMeters.ofConsumer(registry, stage, consumer::metrics));
  }

  /** The same of its producer, or of the one that replaces it. */
  void watch(Producer<?, ?> newest) {
    if (producer.getAndSet(newest) == null) {
      clients.add(KafkaMeters.ofProducer(registry, stage, () -> producer.get().metrics()));
    }
  }

  void emitted() {
    emitted.increment();
  }

  void deadLettered(String deadLetterClass) {
    deadLettered.increment();
    Counter.builder("cairn.stream.dead.letters")
        .description("Records that could not be processed, by class")
        .tag("stage", stage)
        .tag("class", deadLetterClass)
        .register(registry)
        .increment();
  }

  void publishRetried() {
    publishRetries.increment();
  }

  void deletedUnread(long offsets) {
    deletedUnread.increment(offsets);
  }

  void setBack(long offsets) {
    setBack.increment(offsets);
  }

  Timer.Sample publishStarted() {
    return Timer.start(registry);
  }

  void published(Timer.Sample started) {
    started.stop(publish);
  }

  void inFlight(int records, long bytes) {
    inFlightRecords.set(records);
    inFlightBytes.set(bytes);
  }

  void lag(long records, long millis) {
    lagRecords.set(records);
    lagMillis.set(millis);
  }

  /** Counters stay; the gauges of a stream that has stopped would go on to tell its last state. */
  @Override
  public void close() {
    gauges.forEach(registry::remove);
    clients.forEach(KafkaMeters::close);
  }

  private Counter records(String outcome) {
    return Counter.builder("cairn.stream.records")
        .description("Records completely processed, by outcome")
        .tag("stage", stage)
        .tag("outcome", outcome)
        .register(registry);
  }

  private Gauge gauge(String name, String description, AtomicLong value, double scale) {
    return Gauge.builder(name, value, v -> v.get() * scale)
        .description(description)
        .tag("stage", stage)
        .register(registry);
  }
}
