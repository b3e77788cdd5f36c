package dev.cairn.gateway.feed;

import dev.cairn.streaming.KafkaMeters;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A consumer of all partitions of some topics, also of those that are added later. It begins a
 * bounded number of records before the end, and goes on where {@code positions} says after a
 * failure. One thread only.
 */
public final class TopicAssignment implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int METADATA_MILLIS = 30_000;

  private final List<String> topics;
  private final int backlog;
  private final Map<TopicPartition, Long> positions;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaMeters metrics;

  /**
   * @param backlog how many records of each partition to read of what is there already
   * @param positions where to go on, by partition; kept up to date, empty at the first time
   */
  public TopicAssignment(
      Map<String, Object> clientProperties,
      List<String> topics,
      int backlog,
      Map<TopicPartition, Long> positions,
      MeterRegistry meters) {
    this.topics = topics;
    this.backlog = backlog;
    this.positions = positions;
    Map<String, Object> properties = new HashMap<>();
    properties.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, METADATA_MILLIS);
    // Results of an aborted transaction are written again; an onlooker shows them once.
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.putAll(clientProperties);
    properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    metrics = KafkaMeters.ofConsumer(meters, "gateway", consumer::metrics);
  }

  /**
   * Takes in partitions that were added, and asks the broker something, so that its absence shows:
   * a poll does not tell.
   *
   * @throws KafkaException if a topic does not exist or no broker answers
   */
  void refresh() {
    Set<TopicPartition> partitions = new HashSet<>();
    for (String topic : topics) {
      List<PartitionInfo> infos = consumer.partitionsFor(topic, PATIENCE);
      if (infos == null || infos.isEmpty()) {
        throw new KafkaException("topic " + topic + " does not exist");
      }
      infos.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    }
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
    Set<TopicPartition> added = new HashSet<>(partitions);
    added.removeAll(consumer.assignment());
    if (added.isEmpty()) {
      return;
    }
    // A partition that appears after the first look is new: all of it is news.
    boolean first = positions.isEmpty();
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(added, PATIENCE);
    added.forEach(
        partition -> {
          long begin = begins.get(partition);
          positions.putIfAbsent(
              partition, first ? Math.max(begin, ends.get(partition) - backlog) : begin);
        });
    consumer.assign(partitions);
    added.forEach(partition -> consumer.seek(partition, positions.get(partition)));
  }

  ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    return consumer.poll(timeout);
  }

  /** Says that records need not be read again after a failure. */
  void handled(List<ConsumerRecord<byte[], byte[]>> records) {
    records.forEach(
        record ->
            positions.merge(
                new TopicPartition(record.topic(), record.partition()),
                record.offset() + 1,
                Math::max));
  }

  /** Makes a call that is waiting, or the next, throw a WakeupException. Any thread. */
  void wakeup() {
    consumer.wakeup();
  }

  @Override
  public void close() {
    metrics.close();
    consumer.close();
  }
}
