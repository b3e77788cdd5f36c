package dev.cairn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class EmbeddedBrokerIT {

  @Test
  void records_and_topics_survive_a_restart_on_the_same_address() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(null)) {
      // Given
      broker.createTopics(Map.of("numbers", 2));
      String address = broker.bootstrapServers();
      byte[] large = new byte[4 * 1024 * 1024];
      produce(broker, new byte[] {1}, large);

      // When
      broker.restart();
      broker.createTopics(Map.of("numbers", 2));

      // Then
      assertThat(broker.bootstrapServers()).isEqualTo(address);
      assertThat(partitions(broker, "numbers")).isEqualTo(2);
      assertThat(consume(broker, 2))
          .extracting(value -> value.length)
          .containsExactlyInAnyOrder(1, large.length);
    }
  }

  @Test
  void a_given_directory_keeps_its_records_for_the_next_broker(@TempDir Path directory)
      throws Exception {
    // Given
    try (EmbeddedBroker first = EmbeddedBroker.start(directory)) {
      first.createTopics(Map.of("numbers", 1));
      produce(first, new byte[] {7});
    }

    // When
    try (EmbeddedBroker second = EmbeddedBroker.start(directory)) {
      // Then
      assertThat(consume(second, 1)).containsExactly(new byte[] {7});
    }
    assertThat(directory).isNotEmptyDirectory();
  }

  @Test
  void a_temporary_directory_is_deleted_on_close() {
    // Given
    EmbeddedBroker broker = EmbeddedBroker.start(null);
    assertThat(broker.logDir()).isNotEmptyDirectory();

    // When
    broker.close();

    // Then
    assertThat(broker.logDir()).doesNotExist();
  }

  @Test
  void a_record_of_times_long_past_outlives_retention() throws Exception {
    Map<String, String> often =
        Map.of("log.initial.task.delay.ms", "100", "log.retention.check.interval.ms", "100");
    try (EmbeddedBroker broker = EmbeddedBroker.start(null, List.of(), often)) {
      // Given
      broker.createTopics(Map.of("numbers", 1, "fleeting", 1));
      setRetention(broker, "fleeting", 1);
      send(broker, new ProducerRecord<>("numbers", null, 0L, null, new byte[] {1}));

      // When
      for (int round = 1; round <= 2; round++) {
        send(broker, new ProducerRecord<>("fleeting", null, 0L, null, new byte[] {2}));
        awaitDeletion(broker, "fleeting", round);
      }

      // Then
      assertThat(consume(broker, 1)).containsExactly(new byte[] {1});
    }
  }

  private static void setRetention(EmbeddedBroker broker, String topic, long millis)
      throws Exception {
    try (Admin admin = admin(broker)) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, topic),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("retention.ms", Long.toString(millis)),
                          AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
  }

  private static void awaitDeletion(EmbeddedBroker broker, String topic, long offsets)
      throws Exception {
    TopicPartition partition = new TopicPartition(topic, 0);
    try (Admin admin = admin(broker)) {
      while (admin
              .listOffsets(Map.of(partition, OffsetSpec.earliest()))
              .partitionResult(partition)
              .get()
              .offset()
          < offsets) {
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  private static void produce(EmbeddedBroker broker, byte[]... values) throws Exception {
    for (byte[] value : values) {
      send(broker, new ProducerRecord<>("numbers", value));
    }
  }

  private static void send(EmbeddedBroker broker, ProducerRecord<byte[], byte[]> sent)
      throws Exception {
    Map<String, Object> properties =
        Map.of(
            "bootstrap.servers", broker.bootstrapServers(), "max.request.size", 16 * 1024 * 1024);
    try (var producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(sent).get();
    }
  }

  private static List<byte[]> consume(EmbeddedBroker broker, int count) {
    Map<String, Object> properties =
        Map.of(
            "bootstrap.servers",
            broker.bootstrapServers(),
            "group.id",
            "readers",
            "auto.offset.reset",
            "earliest");
    List<byte[]> values = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of("numbers"));
      while (values.size() < count) {
        for (ConsumerRecord<byte[], byte[]> received : consumer.poll(Duration.ofMillis(200))) {
          values.add(received.value());
        }
      }
    }
    return values;
  }

  private static int partitions(EmbeddedBroker broker, String topic) throws Exception {
    try (Admin admin = admin(broker)) {
      return admin
          .describeTopics(List.of(topic))
          .allTopicNames()
          .get()
          .get(topic)
          .partitions()
          .size();
    }
  }

  private static Admin admin(EmbeddedBroker broker) {
    return Admin.create(Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()));
  }
}
