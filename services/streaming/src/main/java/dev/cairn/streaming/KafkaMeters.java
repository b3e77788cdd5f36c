package dev.cairn.streaming;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * What Kafka clients tell of themselves, as meters: a chosen few of their hundreds of metrics, with
 * one tag, {@code client}, that says whose they are. Partitions, topics and brokers are left out,
 * and so are client ids, which those of Kafka Streams make anew at each start.
 *
 * <p>Named as Micrometer's own binder names them, which is not used because its tags are exactly
 * those that are left out here.
 */
public final class KafkaMeters implements AutoCloseable {

  /** A metric of a client, by its group and name. */
  private record Chosen(String group, String name) {

    boolean is(MetricName metric) {
      return metric.name().equals(name)
          && metric.group().equals(group)
          && Set.of("client-id").containsAll(metric.tags().keySet());
    }

    boolean counts() {
      return name.endsWith("-total");
    }

    String meter() {
      return "kafka." + (group.replace("-metrics", "") + "-" + name).replace('-', '.');
    }
  }

  private static final List<Chosen> CONSUMER =
      List.of(
          new Chosen("consumer-metrics", "connection-count"),
          new Chosen("consumer-metrics", "time-between-poll-max"),
          new Chosen("consumer-metrics", "poll-idle-ratio-avg"),
          new Chosen("consumer-fetch-manager-metrics", "records-lag-max"),
          new Chosen("consumer-fetch-manager-metrics", "records-consumed-total"),
          new Chosen("consumer-fetch-manager-metrics", "bytes-consumed-total"),
          new Chosen("consumer-fetch-manager-metrics", "fetch-latency-max"),
          new Chosen("consumer-coordinator-metrics", "assigned-partitions"),
          new Chosen("consumer-coordinator-metrics", "rebalance-total"),
          new Chosen("consumer-coordinator-metrics", "failed-rebalance-total"),
          new Chosen("consumer-coordinator-metrics", "commit-latency-max"));

  private static final List<Chosen> PRODUCER =
      List.of(
          new Chosen("producer-metrics", "connection-count"),
          new Chosen("producer-metrics", "record-send-total"),
          new Chosen("producer-metrics", "record-error-total"),
          new Chosen("producer-metrics", "record-retry-total"),
          new Chosen("producer-metrics", "outgoing-byte-total"),
          new Chosen("producer-metrics", "request-latency-max"),
          new Chosen("producer-metrics", "record-queue-time-max"),
          new Chosen("producer-metrics", "buffer-available-bytes"));

  private static final List<Chosen> STREAMS =
      List.of(
          new Chosen("stream-metrics", "alive-stream-threads"),
          new Chosen("stream-metrics", "failed-stream-threads"));

  private final MeterRegistry registry;
  private final Supplier<? extends Map<MetricName, ? extends Metric>> metrics;
  private final List<Meter> meters = new ArrayList<>();

  private KafkaMeters(
      MeterRegistry registry,
      String client,
      List<Chosen> chosen,
      Supplier<? extends Map<MetricName, ? extends Metric>> metrics) {
    this.registry = registry;
    this.metrics = metrics;
    List<Tag> tags = List.of(Tag.of("client", client));
    chosen.forEach(metric -> meters.add(register(metric, tags)));
  }

  /**
   * @param client whose it is, for example a stage
   * @param metrics asked at each scrape
   */
  public static KafkaMeters ofConsumer(
      MeterRegistry registry,
      String client,
      Supplier<? extends Map<MetricName, ? extends Metric>> metrics) {
    return new KafkaMeters(registry, client, CONSUMER, metrics);
  }

  /** As {@link #ofConsumer}, for a producer. */
  public static KafkaMeters ofProducer(
      MeterRegistry registry,
      String client,
      Supplier<? extends Map<MetricName, ? extends Metric>> metrics) {
    return new KafkaMeters(registry, client, PRODUCER, metrics);
  }

  /** As {@link #ofConsumer}, for Kafka Streams with the consumers and producers in it. */
  public static KafkaMeters ofStreams(
      MeterRegistry registry,
      String client,
      Supplier<? extends Map<MetricName, ? extends Metric>> metrics) {
    List<Chosen> all = new ArrayList<>(STREAMS);
    all.addAll(CONSUMER);
    all.addAll(PRODUCER);
    return new KafkaMeters(registry, client, all, metrics);
  }

  private Meter register(Chosen metric, List<Tag> tags) {
    return metric.counts()
        ? FunctionCounter.builder(metric.meter(), this, self -> self.sum(metric))
            .tags(tags)
            .register(registry)
        : Gauge.builder(metric.meter(), this, self -> self.greatest(metric))
            .tags(tags)
            .register(registry);
  }

  private double sum(Chosen metric) {
    return values(metric).sum();
  }

  /** Not a number where no client has measured any. */
  private double greatest(Chosen metric) {
    return values(metric).max().orElse(Double.NaN);
  }

  private DoubleStream values(Chosen metric) {
    return metrics.get().entrySet().stream()
        .filter(entry -> metric.is(entry.getKey()))
        .map(entry -> entry.getValue().metricValue())
        .filter(Number.class::isInstance)
        .mapToDouble(value -> ((Number) value).doubleValue())
        .filter(value -> !Double.isNaN(value));
  }

  /** Removes the meters, which would go on to tell the last state of a client that is closed. */
  @Override
  public void close() {
    meters.forEach(registry::remove);
  }
}
