package dev.cairn.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.cairn.attribution.Example;
import dev.cairn.attribution.FeatureProvenance;
import dev.cairn.attribution.IndexManifest;
import dev.cairn.attribution.ValidationEvidence;
import dev.cairn.broker.EmbeddedBroker;
import dev.cairn.gateway.http.BearerToken;
import dev.cairn.gateway.pictures.Pixels;
import dev.cairn.gateway.pictures.TrainingImages;
import dev.cairn.schemas.v1.Attribution;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A gateway before a real broker, with topics of its own, and those who speak to it. */
public final class GatewayUnderTest implements AutoCloseable {

  /** The one origin whose pages may read. */
  public static final String FRIEND = "https://friend.example";

  private static EmbeddedBroker broker;
  private static int started;

  public final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  public final HttpClient http = HttpClient.newHttpClient();
  public final String prefix;
  private final Vertx vertx = Vertx.vertx();
  private final KafkaProducer<byte[], byte[]> producer;
  private final Gateway gateway;

  private GatewayUnderTest(
      GatewayLimits limits, Optional<BearerToken> token, Map<String, String> problems) {
    EmbeddedBroker shared = broker();
    prefix = "gateway-" + started++;
    shared.createTopics(
        Map.of(topic("generations"), 1, topic("attributions"), 2, topic("dead-letters"), 1));
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", shared.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    GatewayOptions options =
        new GatewayOptions(
            "127.0.0.1",
            0,
            0,
            token,
            Set.of(FRIEND),
            Map.of("bootstrap.servers", shared.bootstrapServers()),
            topic("generations"),
            topic("attributions"),
            topic("dead-letters"),
            limits);
    gateway =
        new Gateway(options, List.of(model()), meters, () -> problems, Map.of("version", "test"));
    vertx.deployVerticle(gateway).await();
  }

  /** With default bounds, for anyone. */
  public static GatewayUnderTest start() {
    return new GatewayUnderTest(GatewayLimits.DEFAULT, Optional.empty(), Map.of());
  }

  public static GatewayUnderTest start(GatewayLimits limits) {
    return new GatewayUnderTest(limits, Optional.empty(), Map.of());
  }

  public static GatewayUnderTest startWithToken(String token) {
    return new GatewayUnderTest(
        GatewayLimits.DEFAULT, Optional.of(new BearerToken(token)), Map.of());
  }

  public static GatewayUnderTest startWithProblems(Map<String, String> problems) {
    return new GatewayUnderTest(GatewayLimits.DEFAULT, Optional.empty(), problems);
  }

  /** One broker for all gateways of this JVM; it ends with the JVM. */
  private static synchronized EmbeddedBroker broker() {
    if (broker == null) {
      broker = EmbeddedBroker.start(null);
      Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
    }
    return broker;
  }

  public String bootstrapServers() {
    return broker().bootstrapServers();
  }

  public String topic(String name) {
    return prefix + "." + name;
  }

  /** Three examples with 1 × 2 × 2 images. */
  private static ModelCard model() {
    List<Example> examples =
        IntStream.range(0, 3)
            .mapToObj(i -> Example.of("%06d".formatted(i), i == 1 ? "boot" : "bag"))
            .toList();
    FeatureProvenance features =
        new FeatureProvenance(
            "bundle-digest", "gradients-digest", "loss", 4, 1, 17L, false, List.of(100, 300));
    IndexManifest manifest =
        new IndexManifest(
            1,
            features,
            "full",
            0.1,
            "tr(ΦᵀΦ)/K",
            0.5,
            false,
            3,
            4,
            "<f4",
            "p.npy",
            "a",
            "b",
            "c",
            new ValidationEvidence(
                "journey",
                48,
                0.5,
                new ValidationEvidence.Lds(0.4, 0.3, 0.5, 40),
                null,
                "report-digest"));
    TrainingImages images =
        new TrainingImages() {
          @Override
          public boolean available() {
            return true;
          }

          @Override
          public Optional<Pixels> image(int index) {
            return Optional.of(new Pixels(1, 2, 2, new float[] {-1, 1, index - 1f, 0}));
          }
        };
    return new ModelCard(
        "toy",
        new ModelCard.BundleFacts("bundle-digest", "epsilon", 1000, List.of(1, 2, 2), List.of()),
        "index-digest",
        manifest,
        examples,
        images);
  }

  /** Ends all event streams, as a proxy or a restart does. */
  public void cutStreams() {
    gateway.cutStreams();
  }

  /** Publishes attributions, as the scoring stage does. */
  public void attribute(List<Attribution> attributions) {
    attributions.forEach(a -> producer.send(Attributions.record(topic("attributions"), a)));
    producer.flush();
  }

  public void send(ProducerRecord<byte[], byte[]> record) {
    producer.send(record);
    producer.flush();
  }

  public int port() {
    return gateway.port();
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + gateway.port() + path);
  }

  public URI managementUri(String path) {
    return URI.create("http://127.0.0.1:" + gateway.managementPort() + path);
  }

  public HttpResponse<String> get(String path) {
    return send(HttpRequest.newBuilder(uri(path)).build());
  }

  public JsonObject json(String path) {
    return new JsonObject(get(path).body());
  }

  public HttpResponse<byte[]> bytes(String path) {
    return exchange(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  public HttpResponse<String> post(String path, String contentType, byte[] body) {
    return send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", contentType)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build());
  }

  public HttpResponse<String> send(HttpRequest request) {
    return exchange(request, HttpResponse.BodyHandlers.ofString(UTF_8));
  }

  private <T> HttpResponse<T> exchange(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    try {
      return http.send(request, handler);
    } catch (IOException e) {
      throw new AssertionError("no response to " + request, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public void close() {
    producer.close();
    http.close();
    vertx.close().await();
  }
}
