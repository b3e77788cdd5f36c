package dev.cairn.attributor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends records, and reads what comes out, as any other Kafka client would. */
final class KafkaProbe implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration POLL = Duration.ofMillis(200);

  private final String bootstrapServers;
  private final KafkaProducer<byte[], byte[]> producer;

  KafkaProbe(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  void send(Collection<ProducerRecord<byte[], byte[]>> records) {
    records.forEach(producer::send);
    producer.flush();
  }

  /**
   * Reads a topic from its beginning until so many records match.
   *
   * @throws AssertionError if they do not come in time
   */
  List<ConsumerRecord<byte[], byte[]>> await(
      String topic, int count, Predicate<ConsumerRecord<byte[], byte[]>> matching) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    try (var consumer = consumer(topic)) {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (found.size() < count) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError(
              "%d of %d expected records on %s".formatted(found.size(), count, topic));
        }
        consumer.poll(POLL).forEach(received -> addIf(matching, received, found));
      }
    }
    return found;
  }

  /** What a topic holds now. */
  List<ConsumerRecord<byte[], byte[]>> soFar(
      String topic, Predicate<ConsumerRecord<byte[], byte[]>> matching) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    try (var consumer = consumer(topic)) {
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        consumer.poll(POLL).forEach(received -> addIf(matching, received, found));
      }
    }
    return found;
  }

  private KafkaConsumer<byte[], byte[]> consumer(String topic) {
    var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                "bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(p -> new TopicPartition(topic, p.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }

  private static void addIf(
      Predicate<ConsumerRecord<byte[], byte[]>> matching,
      ConsumerRecord<byte[], byte[]> received,
      List<ConsumerRecord<byte[], byte[]>> found) {
    if (matching.test(received)) {
      found.add(received);
    }
  }

  static String header(ConsumerRecord<byte[], byte[]> received, String name) {
    Header header = received.headers().lastHeader(name);
    return header == null ? null : new String(header.value(), UTF_8);
  }

  static String key(ConsumerRecord<byte[], byte[]> received) {
    return new String(received.key(), UTF_8);
  }

  @Override
  public void close() {
    producer.close();
  }
}
