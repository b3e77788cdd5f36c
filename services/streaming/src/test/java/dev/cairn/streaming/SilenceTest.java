package dev.cairn.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.utils.Time;
import org.junit.jupiter.api.Test;

class SilenceTest {

  private double received;
  private double looks;

  @Test
  void brokers_are_silent_when_ten_looks_found_nothing_new() {
    Silence silence = Silence.of(Map.of());
    assertThat(looks(silence, 9)).isFalse();
    assertThat(looks(silence, 1)).isTrue();
    assertThat(looks(silence, 1)).isTrue();
  }

  @Test
  void an_answer_ends_the_silence_and_the_next_one_begins_anew() {
    // Given
    Silence silence = Silence.of(Map.of());
    looks(silence, 10);

    // When
    received += 17;

    // Then
    assertThat(looks(silence, 1)).isFalse();
    assertThat(looks(silence, 9)).isFalse();
    assertThat(looks(silence, 1)).isTrue();
  }

  @Test
  void who_asks_seldom_is_given_time_for_three_answers() {
    Silence silence =
        Silence.of(Map.of("heartbeat.interval.ms", "10000", "fetch.max.wait.ms", 20_000));
    assertThat(looks(silence, 59)).isFalse();
    assertThat(looks(silence, 1)).isTrue();
  }

  @Test
  void a_consumer_that_measures_nothing_is_not_called_silent() {
    Silence silence = Silence.of(Map.of());
    for (int look = 0; look < 20; look++) {
      assertThat(silence.lasts(Map.of())).isFalse();
    }
  }

  /** Returns what the last of some looks found. */
  private boolean looks(Silence silence, int count) {
    boolean lasts = false;
    for (int look = 0; look < count; look++) {
      lasts = silence.lasts(metrics());
    }
    return lasts;
  }

  private Map<MetricName, KafkaMetric> metrics() {
    MetricName ofAll = name("consumer-metrics", Map.of("client-id", "c"));
    MetricName ofOne = name("consumer-node-metrics", Map.of("client-id", "c", "node-id", "node-1"));
    return Map.of(ofAll, metric(ofAll, received), ofOne, metric(ofOne, ++looks));
  }

  private static MetricName name(String group, Map<String, String> tags) {
    return new MetricName("incoming-byte-total", group, "", tags);
  }

  private static KafkaMetric metric(MetricName name, double value) {
    return new KafkaMetric(
        new Object(), name, (Gauge<Double>) (_, _) -> value, new MetricConfig(), Time.SYSTEM);
  }
}
