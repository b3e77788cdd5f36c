package dev.cairn.load.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

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
    Set<String> ids = new HashSet<>();
    Set<String> generations = new TreeSet<>();
    AtomicLong records = new AtomicLong();
    Map<TopicPartition, Long> ends =
        CommittedRecords.read(
            bootstrapServers,
            topic,
            record -> {
              records.incrementAndGet();
              ids.add(id(record));
              generations.add(record.key() == null ? "" : new String(record.key(), UTF_8));
            });
    try (var uncommitted = CommittedRecords.consumer(bootstrapServers, "read_uncommitted")) {
      long hidden =
          uncommitted.endOffsets(ends.keySet()).entrySet().stream()
              .mapToLong(end -> end.getValue() - ends.get(end.getKey()))
              .sum();
      return new Census(topic, records.get(), ids.size(), generations, hidden);
    }
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
