package dev.cairn.streaming;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * Whether brokers have ceased to answer. Kafka's consumer does not tell: without anything to send
 * or to commit, a stream whose broker is gone would wait in silence, for ever.
 *
 * <p>A broker that is there answers each fetch, if only that there is nothing, and each heartbeat
 * where nothing may be fetched. So what has been received from brokers grows, or they are silent.
 * Looks are counted, and not time, in which a process may have stood still itself.
 *
 * <p>Not thread-safe; owned by the poll thread.
 */
final class Silence {

  private static final int SHORTEST_SECONDS = 10;
  private static final int MISSED = 3;

  private final int longest;
  private double received;
  private int silentLooks;

  private Silence(int longest) {
    this.longest = longest;
  }

  /** For a consumer with these properties, looked at each second. */
  static Silence of(Map<String, Object> properties) {
    long interval =
        Stream.of(
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG)
            .map(properties::get)
            .filter(value -> value != null)
            .mapToLong(value -> Long.parseLong(value.toString().strip()))
            .max()
            .orElse(0);
    return new Silence((int) Math.max(SHORTEST_SECONDS, MISSED * interval / 1000));
  }

  /**
   * Looks at what was received so far.
   *
   * @param metrics a consumer's
   * @return whether no broker has answered for too long
   */
  boolean lasts(Map<MetricName, ? extends Metric> metrics) {
    Optional<Double> now = bytesReceived(metrics);
    if (now.isEmpty() || now.get() != received) {
      received = now.orElse(0.0);
      silentLooks = 0;
    } else {
      silentLooks++;
    }
    return silentLooks >= longest;
  }

  private static Optional<Double> bytesReceived(Map<MetricName, ? extends Metric> metrics) {
    return metrics.entrySet().stream()
        .filter(entry -> entry.getKey().name().equals("incoming-byte-total"))
        .filter(entry -> entry.getKey().group().equals("consumer-metrics"))
        .map(entry -> (Double) entry.getValue().metricValue())
        .findFirst();
  }
}
