package dev.cairn.attributor.journeys;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.cairn.attributor.StageState;
import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.PayloadFormat;
import dev.cairn.attributor.events.PayloadLimits;
import dev.cairn.attributor.events.Tensors;
import dev.cairn.broker.BrokerListener;
import dev.cairn.broker.EmbeddedBroker;
import dev.cairn.broker.FaultProxy;
import dev.cairn.schemas.v1.FeatureProvenance;
import dev.cairn.schemas.v1.Features;
import dev.cairn.schemas.v1.Subject;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Time;

/** Journeys on a real broker, which they reach through a network that can misbehave. */
final class JourneyBench implements AutoCloseable {
  private static final String TOPIC = "features";
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final EventCodec CODEC = new EventCodec("/cairn/test", PayloadLimits.DEFAULT);

  final FaultProxy network = FaultProxy.listen();
  private final EmbeddedBroker broker;
  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> reader;
  private final Vertx vertx = Vertx.vertx();

  /** The means that were committed so far, by generation. */
  private final Map<String, Features> means = new HashMap<>();

  /**
   * @param properties of Kafka's clients
   */
  JourneyBench(Map<String, Object> properties, Time time) {
    BrokerListener listener = BrokerListener.behind(network);
    broker = EmbeddedBroker.start(null, List.of(listener), Map.of());
    network.forwardTo(broker.port(listener));
    broker.createTopics(Map.of(TOPIC, 1));
    Map<String, Object> direct = Map.of("bootstrap.servers", broker.bootstrapServers());
    producer = new KafkaProducer<>(direct, new ByteArraySerializer(), new ByteArraySerializer());
    reader =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "isolation.level",
                "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    reader.assign(List.of(new TopicPartition(TOPIC, 0)));
    reader.seekToBeginning(reader.assignment());
    start(properties, time);
  }

  private void start(Map<String, Object> properties, Time time) {
    Map<String, Object> throughTheNetwork = new HashMap<>(properties);
    throughTheNetwork.put("bootstrap.servers", network.bootstrapServers());
    JourneyOptions options =
        new JourneyOptions(
            throughTheNetwork,
            "journeys",
            TOPIC,
            Duration.ofMinutes(10),
            Set.of(),
            Duration.ofMinutes(5),
            Duration.ofSeconds(30));
    JourneyStage stage = new JourneyStage(options, new SimpleMeterRegistry(), time);
    vertx.deployVerticle(stage).await();
    await().atMost(PATIENCE).until(() -> stage.state() == StageState.RUNNING);
  }

  void send(String id, int step, int stepCount) throws Exception {
    Features features =
        Features.newBuilder()
            .setGenerationId(id)
            .setModel("m")
            .setSubject(Subject.STEP)
            .setStep(step)
            .setStepCount(stepCount)
            .setFeatures(Tensors.of(new float[] {1, 2}, 2))
            .setProvenance(FeatureProvenance.newBuilder().setFeatureDimension(2))
            .build();
    producer.send(CODEC.encode(TOPIC, id, features, 0, PayloadFormat.PROTOBUF, List.of())).get();
  }

  /** The generation's mean, once it is committed. */
  Features mean(String id) {
    // Kafka Streams replaces threads that fail: what counts is what comes out.
    return await()
        .dontCatchUncaughtExceptions()
        .atMost(PATIENCE)
        .until(() -> poll().get(id), mean -> mean != null);
  }

  private Map<String, Features> poll() throws InvalidProtocolBufferException {
    for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(100))) {
      Features features = Features.parseFrom(record.value());
      if (features.getSubject() == Subject.TRAJECTORY) {
        means.merge(
            features.getGenerationId(),
            features,
            (_, _) -> {
              throw new AssertionError("a second mean of " + features.getGenerationId());
            });
      }
    }
    return means;
  }

  @Override
  public void close() {
    network.heal();
    vertx.close().await();
    producer.close();
    reader.close();
    broker.close();
    network.close();
  }
}
