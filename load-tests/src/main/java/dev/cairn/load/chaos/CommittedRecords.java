package dev.cairn.load.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What readers of committed records see of a topic. */
final class CommittedRecords {

  private CommittedRecords() {}

  /**
   * Reads a topic from its beginning to where it ends now.
   *
   * @return that end of each partition
   */
  static Map<TopicPartition, Long> read(
      String bootstrapServers, String topic, Consumer<ConsumerRecord<byte[], byte[]>> each) {
    try (var consumer = consumer(bootstrapServers, "read_committed")) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(200)).forEach(each);
      }
      return ends;
    }
  }

  static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers, String isolation) {
    return new KafkaConsumer<>(
        Map.<String, Object>of("bootstrap.servers", bootstrapServers, "isolation.level", isolation),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }
}
