package dev.cairn.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.broker.EmbeddedBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** One test's own topics and group on a broker, and the streams that it starts there. */
final class StreamBench implements AutoCloseable {

  final String input;
  final String output;
  final String deadLetters;
  final String group;
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private final EmbeddedBroker broker;
  private final DeliveryGuarantee delivery;
  private final KafkaProducer<byte[], byte[]> producer;
  private final List<RecordStream> streams = new ArrayList<>();

  StreamBench(EmbeddedBroker broker, DeliveryGuarantee delivery, int partitions) {
    this.broker = broker;
    this.delivery = delivery;
    String test = UUID.randomUUID().toString().substring(0, 8);
    input = "input-" + test;
    output = "output-" + test;
    deadLetters = "dead-letters-" + test;
    group = "group-" + test;
    broker.createTopics(Map.of(input, partitions, output, 1, deadLetters, 1));
    Map<String, Object> properties = new HashMap<>(clientProperties());
    properties.put("max.request.size", 16 * 1024 * 1024);
    producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  Map<String, Object> clientProperties() {
    return Map.of(
        "bootstrap.servers",
        broker.bootstrapServers(),
        "session.timeout.ms",
        6000,
        "heartbeat.interval.ms",
        500);
  }

  StreamOptions options(FlowLimits limits, Duration drainTimeout) {
    return new StreamOptions(
        clientProperties(),
        group,
        List.of(input),
        deadLetters,
        limits,
        delivery,
        drainTimeout,
        "test");
  }

  RecordStream start(RecordHandler handler) {
    return start(FlowLimits.defaults(), handler);
  }

  RecordStream start(FlowLimits limits, RecordHandler handler) {
    // Streams of one stage share no registry: their gauges would have the same name.
    RecordStream stream =
        new RecordStream(
            options(limits, Duration.ofSeconds(5)),
            handler,
            streams.isEmpty() ? registry : new SimpleMeterRegistry());
    streams.add(stream);
    stream.start();
    return stream;
  }

  static void stop(RecordStream stream) throws Exception {
    stream.stop().get(60, TimeUnit.SECONDS);
  }

  /** A handler's answer: one output that repeats the record. */
  Outcome echo(ConsumerRecord<byte[], byte[]> received) {
    return new Outcome.Emit(
        List.of(new ProducerRecord<>(output, received.key(), received.value())));
  }

  CompletionStage<Outcome> echoed(ConsumerRecord<byte[], byte[]> received) {
    return CompletableFuture.completedFuture(echo(received));
  }

  void send(String value) throws Exception {
    send(null, value.getBytes(StandardCharsets.UTF_8), null);
  }

  void sendNumbers(int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      byte[] value = Integer.toString(i).getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(input, value, value));
    }
    producer.flush();
  }

  void send(byte[] key, byte[] value, Headers headers) throws Exception {
    producer.send(new ProducerRecord<>(input, null, key, value, headers)).get();
  }

  /** A record that the broker takes because its batch is small when compressed. */
  void sendCompressed(byte[] value) throws Exception {
    Map<String, Object> properties = new HashMap<>(clientProperties());
    properties.put("max.request.size", 64 * 1024 * 1024);
    properties.put("buffer.memory", 64L * 1024 * 1024);
    properties.put("compression.type", "gzip");
    try (var compressing =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      compressing.send(new ProducerRecord<>(input, value)).get();
    }
  }

  /** As retention does: what lies before this offset of the input's first partition is gone. */
  void deleteBefore(long offset) throws Exception {
    try (Admin admin =
        Admin.create(Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()))) {
      admin
          .deleteRecords(Map.of(new TopicPartition(input, 0), RecordsToDelete.beforeOffset(offset)))
          .all()
          .get();
    }
  }

  /** All records of a topic, from its beginning, once there are at least so many. */
  List<ConsumerRecord<byte[], byte[]>> read(String topic, int atLeast) {
    Map<String, Object> properties =
        Map.of(
            "bootstrap.servers",
            broker.bootstrapServers(),
            "isolation.level",
            "read_committed",
            "max.partition.fetch.bytes",
            16 * 1024 * 1024);
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(p -> new TopicPartition(topic, p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (records.size() < atLeast && System.nanoTime() < deadline) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
      consumer.poll(Duration.ofMillis(100)).forEach(records::add);
    }
    assertThat(records).as("records of " + topic).hasSizeGreaterThanOrEqualTo(atLeast);
    return records;
  }

  List<String> readText(String topic, int atLeast) {
    return read(topic, atLeast).stream().map(StreamBench::text).toList();
  }

  static String text(ConsumerRecord<byte[], byte[]> received) {
    return new String(received.value(), StandardCharsets.UTF_8);
  }

  static String header(ConsumerRecord<byte[], byte[]> received, String name) {
    return new String(received.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  /** Sum of the group's committed offsets over the input's partitions. */
  long committed() {
    try (Admin admin =
        Admin.create(Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()))) {
      return admin
          .listConsumerGroupOffsets(group)
          .partitionsToOffsetAndMetadata()
          .get(30, TimeUnit.SECONDS)
          .values()
          .stream()
          .mapToLong(offset -> offset == null ? 0 : offset.offset())
          .sum();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    streams.forEach(stream -> stream.stop().join());
    producer.close();
  }
}
