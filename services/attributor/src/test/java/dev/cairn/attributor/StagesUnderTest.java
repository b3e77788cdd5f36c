package dev.cairn.attributor;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.cairn.attributor.journeys.JourneyOptions;
import dev.cairn.attributor.journeys.JourneyStage;
import dev.cairn.broker.EmbeddedBroker;
import dev.cairn.runtime.EngineOptions;
import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.Features;
import dev.cairn.streaming.FlowLimits;
import dev.cairn.streaming.StreamOptions;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** A real broker, a real model with a small index, and both stages; one for all tests. */
final class StagesUnderTest implements AutoCloseable {
  static final String FEATURES = "cairn.features";
  static final String ATTRIBUTIONS = "cairn.attributions";
  static final String DEAD_LETTERS = "cairn.dead-letters";

  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final Vertx vertx = Vertx.vertx();
  private final Path directory;
  private final FashionModel model;
  private final EmbeddedBroker broker;
  private final KafkaProbe kafka;

  /** Gives each test class the one instance, which is closed after the last. */
  static final class Shared implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == StagesUnderTest.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(ExtensionContext.Namespace.GLOBAL)
          .getOrComputeIfAbsent(StagesUnderTest.class, _ -> new StagesUnderTest());
    }
  }

  private StagesUnderTest() {
    try {
      directory = Files.createTempDirectory("cairn-attributor-");
      model = FashionModel.prepare(directory);
      broker = EmbeddedBroker.start(null);
      broker.createTopics(Map.of("journey.features", 2, "journey.attributions", 1));
      broker.createTopics(
          Map.of(
              GenerationEvents.TOPIC,
              3,
              FEATURES,
              3,
              ATTRIBUTIONS,
              2,
              DEAD_LETTERS,
              1,
              "other.features",
              2,
              "other.attributions",
              1,
              "moving.features",
              2));
      broker.createTopics(Map.of("traced.features", 1, "traced.attributions", 1));
      kafka = new KafkaProbe(broker.bootstrapServers());
      deploy(gradientStage("gradient", FEATURES, new EngineOptions(2, 8)));
      deploy(scoringStage("score", FEATURES, ATTRIBUTIONS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  KafkaProbe kafka() {
    return kafka;
  }

  FashionModel model() {
    return model;
  }

  MeterRegistry meters() {
    return meters;
  }

  GradientStage gradientStage(String name, String output, EngineOptions engine) {
    return gradientStage(name, output, engine, FlowLimits.defaults());
  }

  GradientStage gradientStage(String name, String output, EngineOptions engine, FlowLimits limits) {
    return new GradientStage(
        new GradientOptions(stream(name, GenerationEvents.TOPIC, limits), output),
        Map.of(FashionModel.ID, model.served(engine)),
        meters,
        OpenTelemetry.noop());
  }

  ScoringStage scoringStage(String name, String input, String output) {
    return new ScoringStage(
        new ScoringOptions(stream(name, input, FlowLimits.defaults()), output),
        Map.of(FashionModel.ID, model.index()),
        meters,
        OpenTelemetry.noop());
  }

  /** Both stages on topics of their own, with their records traced. */
  List<VerticleBase> tracedStages(OpenTelemetry telemetry) {
    return List.of(
        new ScoringStage(
            new ScoringOptions(
                stream("traced-score", "traced.features", FlowLimits.defaults()),
                "traced.attributions"),
            Map.of(FashionModel.ID, model.index()),
            meters,
            telemetry),
        new GradientStage(
            new GradientOptions(
                stream("traced-gradient", GenerationEvents.TOPIC, FlowLimits.defaults()),
                "traced.features"),
            Map.of(FashionModel.ID, model.served(new EngineOptions(1, 8))),
            meters,
            telemetry));
  }

  JourneyStage journeyStage() {
    return new JourneyStage(
        new JourneyOptions(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            "cairn-journeys",
            "journey.features",
            JourneyOptions.DEFAULT_TIMEOUT,
            Set.of("user"),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1)),
        meters);
  }

  String deploy(VerticleBase stage) {
    return await(vertx.deployVerticle(stage));
  }

  void undeploy(String deployment) {
    await(vertx.undeploy(deployment));
  }

  /** The generation's attributions, in the order in which they came out. */
  List<Attribution> attributions(String generation, int count) {
    return kafka.await(ATTRIBUTIONS, count, r -> KafkaProbe.key(r).equals(generation)).stream()
        .map(StagesUnderTest::attribution)
        .toList();
  }

  /** The generation's first features. */
  Features features(String generation) {
    return features(kafka.await(FEATURES, 1, r -> KafkaProbe.key(r).equals(generation)).getFirst());
  }

  static Attribution attribution(ConsumerRecord<byte[], byte[]> received) {
    try {
      return Attribution.parseFrom(received.value());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  static Features features(ConsumerRecord<byte[], byte[]> received) {
    try {
      return Features.parseFrom(received.value());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private StreamOptions stream(String stage, String topic, FlowLimits limits) {
    return new StreamOptions(
        Map.of("bootstrap.servers", broker.bootstrapServers()),
        "cairn-" + stage,
        List.of(topic),
        DEAD_LETTERS,
        limits,
        Duration.ofSeconds(20),
        stage);
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(60, SECONDS).join();
  }

  @Override
  public void close() throws IOException {
    await(vertx.close());
    kafka.close();
    model.close();
    broker.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
