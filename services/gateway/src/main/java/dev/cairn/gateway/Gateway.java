package dev.cairn.gateway;

import dev.cairn.gateway.feed.ArrivalReader;
import dev.cairn.gateway.feed.Arrivals;
import dev.cairn.gateway.feed.DeadLetter;
import dev.cairn.gateway.feed.TopicAssignment;
import dev.cairn.gateway.feed.TopicFeed;
import dev.cairn.gateway.http.GatewayRouter;
import dev.cairn.gateway.journeys.Journeys;
import dev.cairn.gateway.journeys.Result;
import dev.cairn.gateway.live.EventStreams;
import dev.cairn.gateway.live.StreamMeters;
import dev.cairn.gateway.management.ManagementServer;
import dev.cairn.gateway.management.Readiness;
import dev.cairn.gateway.publish.Intake;
import dev.cairn.gateway.vitals.Vitals;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP API, event streams and dashboard on one port, probes and metrics on another.
 *
 * <p>One event loop owns the journeys, the ring of events and all readers, so none of them needs a
 * lock. A thread of its own reads the topics; workers read bodies and make pictures.
 */
public final class Gateway extends VerticleBase {

  private static final Logger log = LoggerFactory.getLogger(Gateway.class);

  private static final int INTAKE_THREADS = 4;
  private static final int LONGEST_HEADERS = 16 << 10;

  private final GatewayOptions options;
  private volatile List<ModelCard> models;
  private final PrometheusMeterRegistry meters;
  private final Readiness stages;
  private final Map<String, String> version;

  private Journeys journeys;
  private EventStreams streams;
  private Vitals vitals;
  private Intake intake;
  private TopicFeed feed;
  private HttpServer server;
  private ManagementServer management;

  /**
   * @param models served here, or at least described here
   * @param meters of the whole process
   * @param stages what keeps the other parts of this process from their work
   * @param version what {@code /version} tells
   */
  public Gateway(
      GatewayOptions options,
      List<ModelCard> models,
      PrometheusMeterRegistry meters,
      Readiness stages,
      Map<String, String> version) {
    this.options = options;
    this.models = List.copyOf(models);
    this.meters = meters;
    this.stages = stages;
    this.version = Map.copyOf(version);
  }

  @Override
  public Future<?> start() {
    GatewayLimits limits = options.limits();
    journeys = new Journeys(limits.generations(), limits.journeyBytes());
    streams = new EventStreams(vertx, limits, new StreamMeters(meters));
    vitals = new Vitals(meters, streams::count);
    vertx.setPeriodic(1000, _ -> vitals.tick());
    intake =
        new Intake(
            options.clientProperties(), options.generationsTopic(), limits.bodyBytes(), meters);
    feed = newFeed();
    WorkerExecutor workers =
        vertx.createSharedWorkerExecutor("cairn-gateway-intake", INTAKE_THREADS);
    GatewayRouter router =
        new GatewayRouter(vertx, workers, options, () -> models, journeys, streams, vitals, intake);
    server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setMaxHeaderSize(LONGEST_HEADERS)
                    .setHttp2ClearTextEnabled(false))
            .requestHandler(router.router());
    management = new ManagementServer(vertx, meters, this::problems, version);
    return server
        .listen(options.port(), options.host())
        .compose(_ -> management.listen(options.host(), options.managementPort()))
        .onSuccess(
            _ -> {
              feed.start();
              log.atInfo()
                  .addKeyValue("port", port())
                  .addKeyValue("managementPort", managementPort())
                  .addKeyValue("options", options)
                  .log("Gateway started");
            });
  }

  /** Describes these models from now on. Callable from any thread. */
  public void describe(List<ModelCard> described) {
    models = List.copyOf(described);
  }

  /** Where the API and the dashboard are. */
  public int port() {
    return server.actualPort();
  }

  /** Where probes and metrics are. */
  public int managementPort() {
    return management.port();
  }

  /** Ends all event streams, for tests; their readers come back. */
  void cutStreams() {
    context.runOnContext(_ -> streams.close());
  }

  private Map<String, String> problems() {
    Map<String, String> problems = new TreeMap<>(stages.problems());
    feed.problem().ifPresent(problem -> problems.put("gateway", problem));
    return problems;
  }

  private TopicFeed newFeed() {
    Map<TopicPartition, Long> positions = new HashMap<>();
    ArrivalReader reader = new ArrivalReader(options.deadLettersTopic());
    return new TopicFeed(
        () ->
            new TopicAssignment(
                options.clientProperties(),
                options.topicsRead(),
                options.limits().backlog(),
                positions,
                meters),
        records -> handOver(reader, records));
  }

  /** On the feed's thread; waits, so that a busy event loop slows the reading down. */
  private void handOver(ArrivalReader reader, List<ConsumerRecord<byte[], byte[]>> records) {
    Arrivals arrivals = reader.read(records);
    CompletableFuture<Void> taken = new CompletableFuture<>();
    context.runOnContext(
        _ -> {
          try {
            take(arrivals);
            taken.complete(null);
          } catch (RuntimeException e) {
            taken.completeExceptionally(e);
          }
        });
    try {
      taken.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while arrivals were handed over", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("arrivals could not be shown", e.getCause());
    }
  }

  private void take(Arrivals arrivals) {
    for (Result result : arrivals.results()) {
      if (journeys.add(result)) {
        vitals.arrived(result);
        streams.append("attribution", result.attribution().getGenerationId(), result.json());
      }
    }
    for (DeadLetter letter : arrivals.deadLetters()) {
      vitals.arrived(letter);
      streams.append("dead-letter", letter.generationId(), letter.json().toBuffer());
    }
    streams.flush();
  }

  @Override
  public Future<?> stop() {
    streams.close();
    return vertx
        .executeBlocking(
            () -> {
              feed.close();
              intake.close();
              return null;
            },
            false)
        .eventually(() -> server.close())
        .eventually(management::close);
  }
}
