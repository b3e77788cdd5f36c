package dev.cairn.attributor.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.attributor.StageState;
import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.PayloadFormat;
import dev.cairn.attributor.events.PayloadLimits;
import dev.cairn.attributor.events.Tensors;
import dev.cairn.broker.EmbeddedBroker;
import dev.cairn.schemas.v1.FeatureProvenance;
import dev.cairn.schemas.v1.Features;
import dev.cairn.schemas.v1.Subject;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Time;
import org.junit.jupiter.api.Test;

/** Kafka Streams itself, with a real broker, when its wall clock is set back. */
class ClockSetBackIT {
  private static final String TOPIC = "features";
  private static final EventCodec CODEC = new EventCodec("/cairn/test", PayloadLimits.DEFAULT);

  @Test
  void means_go_on_coming_out_when_the_clock_is_set_back_by_a_day() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(null);
        var producer =
            new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        var reader = reader(broker)) {
      // Given
      broker.createTopics(Map.of(TOPIC, 1));
      reader.assign(List.of(new TopicPartition(TOPIC, 0)));
      reader.seekToBeginning(reader.assignment());
      List<String> means = new ArrayList<>();
      SettableTime time = new SettableTime();
      JourneyStage stage = new JourneyStage(options(broker), new SimpleMeterRegistry(), time);
      Vertx vertx = Vertx.vertx();
      vertx.deployVerticle(stage).await();
      await().atMost(Duration.ofMinutes(1)).until(() -> stage.state() == StageState.RUNNING);
      send(producer, "before", 0);
      send(producer, "before", 1);
      await().atMost(Duration.ofMinutes(1)).until(() -> poll(reader, means).contains("before"));

      // When
      time.jump(Duration.ofDays(-1));
      send(producer, "after", 0);
      send(producer, "after", 1);

      // Then
      await().atMost(Duration.ofMinutes(1)).until(() -> poll(reader, means).contains("after"));
      assertThat(means).containsExactly("before", "after");
      vertx.close().await();
    }
  }

  private static JourneyOptions options(EmbeddedBroker broker) {
    return new JourneyOptions(
        Map.of("bootstrap.servers", broker.bootstrapServers()),
        "journeys",
        TOPIC,
        Duration.ofMinutes(10),
        Set.of(),
        Duration.ofMinutes(5),
        Duration.ofSeconds(30));
  }

  private static KafkaConsumer<byte[], byte[]> reader(EmbeddedBroker broker) {
    return new KafkaConsumer<>(
        Map.<String, Object>of(
            "bootstrap.servers",
            broker.bootstrapServers(),
            "isolation.level",
            "read_committed"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, String id, int step)
      throws Exception {
    Features features =
        Features.newBuilder()
            .setGenerationId(id)
            .setModel("m")
            .setSubject(Subject.STEP)
            .setStep(step)
            .setStepCount(2)
            .setFeatures(Tensors.of(new float[] {1, 2}, 2))
            .setProvenance(FeatureProvenance.newBuilder().setFeatureDimension(2))
            .build();
    producer.send(CODEC.encode(TOPIC, id, features, 0, PayloadFormat.PROTOBUF, List.of())).get();
  }

  /** Generations whose means were committed so far. */
  private static List<String> poll(KafkaConsumer<byte[], byte[]> reader, List<String> means)
      throws Exception {
    for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(100))) {
      Features features = Features.parseFrom(record.value());
      if (features.getSubject() == Subject.TRAJECTORY) {
        means.add(features.getGenerationId());
      }
    }
    return means;
  }

  /** The system's, with a wall clock that can be set. */
  private static final class SettableTime implements Time {
    private volatile long offsetMillis;

    void jump(Duration by) {
      offsetMillis += by.toMillis();
    }

    @Override
    public long milliseconds() {
      return SYSTEM.milliseconds() + offsetMillis;
    }

    @Override
    public long nanoseconds() {
      return SYSTEM.nanoseconds();
    }

    @Override
    public void sleep(long millis) {
      SYSTEM.sleep(millis);
    }

    @Override
    public void waitObject(Object object, Supplier<Boolean> condition, long deadlineMillis)
        throws InterruptedException {
      SYSTEM.waitObject(object, condition, deadlineMillis - offsetMillis);
    }
  }
}
