package dev.cairn.app.events;

import dev.cairn.app.CommandFailure;
import dev.cairn.app.config.KafkaSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads whole topics without a consumer group: an onlooker, whose reading changes nothing for
 * anyone else. One thread at a time, except {@link #wakeup}.
 */
public final class TopicReader implements AutoCloseable {

  private static final int GIVE_UP_MILLIS = 10_000;

  private final KafkaConsumer<byte[], byte[]> consumer;

  /**
   * @param fromBeginning whether to read what is there already, or only what comes
   * @throws CommandFailure if no broker answers or a topic does not exist
   */
  public TopicReader(KafkaSettings kafka, List<String> topics, boolean fromBeginning) {
    Map<String, Object> properties = new HashMap<>();
    properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, GIVE_UP_MILLIS);
    properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, GIVE_UP_MILLIS);
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100);
    properties.putAll(kafka.clientProperties());
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    // What an aborted transaction of a stage left in the log is no result.
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    try {
      assign(kafka, topics, fromBeginning);
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  private void assign(KafkaSettings kafka, List<String> topics, boolean fromBeginning) {
    List<TopicPartition> partitions = new ArrayList<>();
    try {
      for (String topic : topics) {
        List<PartitionInfo> infos = consumer.partitionsFor(topic);
        if (infos == null || infos.isEmpty()) {
          throw new CommandFailure(
              "topic %s does not exist at %s; start 'cairn serve' first or check the name"
                  .formatted(topic, kafka.bootstrapServers()));
        }
        infos.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
      }
      consumer.assign(partitions);
      if (fromBeginning) {
        consumer.seekToBeginning(partitions);
      } else {
        consumer.seekToEnd(partitions);
      }
      // Seeking is lazy; asking fixes the position before the caller goes on.
      partitions.forEach(consumer::position);
    } catch (TimeoutException e) {
      throw new CommandFailure(
          "no Kafka broker answers at %s; check the address and that it runs"
              .formatted(kafka.bootstrapServers()),
          e);
    }
  }

  /** The next records, or none when none came within {@code timeout}. */
  public List<ConsumerRecord<byte[], byte[]>> poll(Duration timeout) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    consumer.poll(timeout).forEach(records::add);
    return records;
  }

  /** Makes a poll that is waiting, or the next, throw a WakeupException. Any thread. */
  public void wakeup() {
    consumer.wakeup();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
