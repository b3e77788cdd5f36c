package dev.cairn.load.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * When each result and each dead letter of a run came out, milliseconds by the broker's clock,
 * ascending. Topics must have the broker's timestamps ({@code LogAppendTime}).
 */
record Progress(long[] results, long[] deadLetters) {

  static Progress of(String bootstrapServers, Scene.Topics topics) {
    return new Progress(
        times(bootstrapServers, topics.attributions()),
        times(bootstrapServers, topics.deadLetters()));
  }

  /** Results a second, from the first to the last. */
  double resultsPerSecond() {
    return results.length / seconds(results);
  }

  double deadLettersPerSecond() {
    return deadLetters.length / seconds(deadLetters);
  }

  /**
   * How far the results fell behind the dead letters, at most: the share of all dead letters that
   * were out, minus the share of all results. 0 if results always came first, 1 if all of them came
   * after the last dead letter. Knows an order only, no duration.
   */
  double resultsBehind() {
    double behind = 0;
    int out = 0;
    for (int i = 0; i < deadLetters.length; i++) {
      while (out < results.length && results[out] <= deadLetters[i]) {
        out++;
      }
      behind = Math.max(behind, (i + 1.0) / deadLetters.length - (double) out / results.length);
    }
    return behind;
  }

  private static double seconds(long[] times) {
    return Math.max(1, times[times.length - 1] - times[0]) / 1e3;
  }

  private static long[] times(String bootstrapServers, String topic) {
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                "bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<Long> times = new ArrayList<>();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          times.add(record.timestamp());
        }
      }
      long[] sorted = times.stream().mapToLong(Long::longValue).toArray();
      Arrays.sort(sorted);
      return sorted;
    }
  }
}
