package dev.cairn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
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

  private static void produce(EmbeddedBroker broker, byte[]... values) throws Exception {
    Map<String, Object> properties =
        Map.of(
            "bootstrap.servers", broker.bootstrapServers(), "max.request.size", 16 * 1024 * 1024);
    try (var producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (byte[] value : values) {
        producer.send(new ProducerRecord<>("numbers", value)).get();
      }
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
    try (Admin admin =
        Admin.create(Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()))) {
      return admin
          .describeTopics(List.of(topic))
          .allTopicNames()
          .get()
          .get(topic)
          .partitions()
          .size();
    }
  }
}
