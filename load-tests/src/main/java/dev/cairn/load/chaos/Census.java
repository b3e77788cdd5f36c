package dev.cairn.load.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What a topic holds of a run in the end, which tells between which stages something was lost.
 *
 * @param topic its name
 * @param records that a reader of committed records sees
 * @param ids distinct event ids among them
 * @param generations those that have an event here
 * @param hidden offsets behind a transaction that never ended
 */
record Census(String topic, long records, int ids, Set<String> generations, long hidden) {

  private static final int SHOWN = 10;

  /** Of each topic between a producer and a result, in the order of a record's journey. */
  static List<Census> of(String bootstrapServers, Scene.Topics topics) {
    return List.of(topics.generations(), topics.features(), topics.attributions()).stream()
        .map(topic -> of(bootstrapServers, topic))
        .toList();
  }

  private static Census of(String bootstrapServers, String topic) {
    try (var consumer = reader(bootstrapServers, "read_committed");
        var uncommitted = reader(bootstrapServers, "read_uncommitted")) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long records = 0;
      Set<String> ids = new HashSet<>();
      Set<String> generations = new TreeSet<>();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (var record : consumer.poll(Duration.ofMillis(200))) {
          records++;
          ids.add(id(record));
          generations.add(record.key() == null ? "" : new String(record.key(), UTF_8));
        }
      }
      long hidden =
          uncommitted.endOffsets(partitions).entrySet().stream()
              .mapToLong(end -> end.getValue() - ends.get(end.getKey()))
              .sum();
      return new Census(topic, records, ids.size(), generations, hidden);
    }
  }

  private static KafkaConsumer<byte[], byte[]> reader(String bootstrapServers, String isolation) {
    return new KafkaConsumer<>(
        Map.<String, Object>of("bootstrap.servers", bootstrapServers, "isolation.level", isolation),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private static String id(ConsumerRecord<byte[], byte[]> record) {
    Header id = record.headers().lastHeader("ce_id");
    return id == null ? record.partition() + "-" + record.offset() : new String(id.value(), UTF_8);
  }

  /** A line a topic, with the generations that were sent and have nothing there. */
  static String text(List<Census> journey, long generationsSent) {
    StringBuilder text = new StringBuilder();
    for (Census census : journey) {
      Set<String> missing = new TreeSet<>();
      for (long number = 0; number < generationsSent; number++) {
        if (!census.generations.contains("chaos-" + number)) {
          missing.add("chaos-" + number);
        }
      }
      text.append(
          "%-24s %,d records, %,d ids, %,d offsets behind an open transaction, %,d generations absent %s%n"
              .formatted(
                  census.topic,
                  census.records,
                  census.ids,
                  census.hidden,
                  missing.size(),
                  missing.stream().limit(SHOWN).collect(Collectors.joining(" "))));
    }
    return text.toString();
  }
}
