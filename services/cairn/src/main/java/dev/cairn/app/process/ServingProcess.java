package dev.cairn.app.process;

import dev.cairn.app.config.ServeConfig;
import dev.cairn.app.config.StageSettings;
import dev.cairn.attribution.AttributionIndex;
import dev.cairn.attributor.GradientOptions;
import dev.cairn.attributor.GradientStage;
import dev.cairn.attributor.ScoringOptions;
import dev.cairn.attributor.ScoringStage;
import dev.cairn.attributor.ServedModel;
import dev.cairn.attributor.StageState;
import dev.cairn.attributor.events.PayloadFormat;
import dev.cairn.attributor.journeys.JourneyOptions;
import dev.cairn.attributor.journeys.JourneyStage;
import dev.cairn.gateway.Gateway;
import dev.cairn.gateway.GatewayLimits;
import dev.cairn.gateway.GatewayOptions;
import dev.cairn.gateway.ModelCard;
import dev.cairn.streaming.FlowLimits;
import dev.cairn.streaming.StreamOptions;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The stages of one process with everything they need, from start to a stop that waits: what is in
 * flight is finished and committed before models and indexes are closed.
 */
public final class ServingProcess implements AutoCloseable {

  private static final int START_SECONDS = 60;

  private final ServeConfig config;
  private final Tracing tracing;
  private final Vertx vertx;
  private final ServedModels models;
  private final Map<String, Supplier<StageState>> stages = new LinkedHashMap<>();
  private Optional<GradientStage> gradients = Optional.empty();
  private Optional<ScoringStage> scoring = Optional.empty();
  private Optional<Gateway> gateway = Optional.empty();
  private Optional<ModelWatch> watch = Optional.empty();

  private ServingProcess(ServeConfig config, MeterRegistry meters) {
    this.config = config;
    this.models = new ServedModels(meters);
    this.tracing = Tracing.of(config.tracing());
    this.vertx = Vertx.vertx();
  }

  /**
   * Opens the models and deploys the enabled stages; the broker need not be there yet.
   *
   * @throws RuntimeException if a model cannot be opened or a stage not deployed; nothing stays
   *     open
   */
  public static ServingProcess start(ServeConfig config, PrometheusMeterRegistry meters) {
    ServingProcess process = new ServingProcess(config, meters);
    try {
      process.models.open(config);
      process.deployStages(meters);
      process.deployGateway(meters);
      return process;
    } catch (RuntimeException e) {
      process.close();
      throw e;
    }
  }

  /**
   * Exchanges the models from now on whenever the configuration names other versions of them.
   *
   * @param configuration reads it anew
   * @param tell hears of each exchange, and why one is not possible
   */
  public void watch(Callable<ServeConfig> configuration, Consumer<String> tell) {
    if (config.reloadSeconds() > 0) {
      watch =
          Optional.of(
              new ModelWatch(configuration, models, new Users(), config.reloadSeconds(), tell));
    }
  }

  /** The parts of this process that work with the models. */
  private final class Users implements ServedModels.Users {
    @Override
    public CompletableFuture<Void> score(Map<String, List<AttributionIndex>> indexes) {
      return scoring
          .map(stage -> stage.serve(indexes))
          .orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    @Override
    public CompletableFuture<Void> differentiate(Map<String, ServedModel> served) {
      return gradients
          .map(stage -> stage.serve(served))
          .orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    @Override
    public void describe(List<OpenModel> described) {
      gateway.ifPresent(deployed -> deployed.describe(cards(described)));
    }
  }

  /** Ids of the models, as events name them. */
  public List<String> modelIds() {
    return models.newest().stream().map(OpenModel::id).toList();
  }

  /** Where each deployed stage stands, by its name. */
  public Map<String, StageState> states() {
    Map<String, StageState> states = new LinkedHashMap<>();
    stages.forEach((name, state) -> states.put(name, state.get()));
    return states;
  }

  private void deployStages(MeterRegistry meters) {
    // Scoring first, so that the first features find a reader.
    if (config.scoringStage().enabled()) {
      Map<String, AttributionIndex> indexes = new LinkedHashMap<>();
      models.newest().forEach(model -> indexes.put(model.id(), model.index()));
      ScoringStage stage = new ScoringStage(scoringOptions(), indexes, meters, tracing.telemetry());
      deploy("scoring", stage, stage::state);
      scoring = Optional.of(stage);
    }
    if (config.journeys().enabled()) {
      JourneyStage stage = new JourneyStage(journeyOptions(), meters);
      deploy("journeys", stage, stage::state);
    }
    if (config.gradientStage().enabled()) {
      GradientStage stage =
          new GradientStage(
              gradientOptions(), ServedModels.served(models.newest()), meters, tracing.telemetry());
      deploy("gradient", stage, stage::state);
      gradients = Optional.of(stage);
    }
  }

  private void deploy(String name, Deployable stage, Supplier<StageState> state) {
    await(vertx.deployVerticle(stage), START_SECONDS, "start the " + name + " stage");
    stages.put(name, state);
  }

  private void deployGateway(PrometheusMeterRegistry meters) {
    if (!config.gateway().enabled()) {
      return;
    }
    Gateway deployed =
        new Gateway(
            gatewayOptions(),
            cards(models.newest()),
            meters,
            this::problems,
            Map.of("version", version()));
    await(vertx.deployVerticle(deployed), START_SECONDS, "start the gateway");
    gateway = Optional.of(deployed);
  }

  private static List<ModelCard> cards(List<OpenModel> models) {
    return models.stream().map(model -> ModelCards.of(model, model.version().settings())).toList();
  }

  private GatewayOptions gatewayOptions() {
    var settings = config.gateway();
    return new GatewayOptions(
        settings.host(),
        settings.port(),
        settings.managementPort(),
        settings.token(),
        settings.allowedOrigins(),
        config.clientProperties(),
        config.topics().generations(),
        config.topics().attributions(),
        config.topics().deadLetters(),
        GatewayLimits.DEFAULT);
  }

  /** What keeps stages from their work. */
  private Map<String, String> problems() {
    Map<String, String> problems = new LinkedHashMap<>();
    states()
        .forEach(
            (name, state) -> {
              if (state != StageState.RUNNING) {
                problems.put(name, state.name().toLowerCase(Locale.ROOT));
              }
            });
    return problems;
  }

  private static String version() {
    String version = ServingProcess.class.getPackage().getImplementationVersion();
    return version == null ? "(not packaged)" : version;
  }

  /** Where the dashboard is, if there is a gateway. */
  public Optional<URI> dashboard() {
    return gateway.map(deployed -> address(deployed.port()));
  }

  /** Where probes and metrics are, if there is a gateway. */
  public Optional<URI> management() {
    return gateway.map(deployed -> address(deployed.managementPort()));
  }

  private URI address(int port) {
    return URI.create("http://%s:%d/".formatted(config.gateway().host(), port));
  }

  private GradientOptions gradientOptions() {
    GradientOptions defaults =
        new GradientOptions(
            stream("gradient", config.gradientStage(), config.topics().generations()),
            config.topics().features());
    return new GradientOptions(
        defaults.stream(),
        defaults.featuresTopic(),
        defaults.workers(),
        defaults.largestEstimateBytes(),
        Duration.ofSeconds(config.gradientStage().deadlineSeconds()),
        config.payloads().limits());
  }

  private ScoringOptions scoringOptions() {
    ScoringOptions defaults =
        new ScoringOptions(
            stream("scoring", config.scoringStage(), config.topics().features()),
            config.topics().attributions());
    return new ScoringOptions(
        defaults.stream(),
        defaults.attributionsTopic(),
        config.scoringStage().workers(),
        config.top(),
        config.resultsAsJson() ? PayloadFormat.JSON : PayloadFormat.PROTOBUF,
        Duration.ofSeconds(config.scoringStage().deadlineSeconds()),
        config.payloads().limits());
  }

  private JourneyOptions journeyOptions() {
    return new JourneyOptions(
        config.clientProperties(),
        config.journeys().group(),
        config.topics().features(),
        Duration.ofSeconds(config.journeys().timeoutSeconds()),
        config.journeys().tags(),
        Duration.ofSeconds(config.journeys().windowSeconds()),
        Duration.ofSeconds(config.journeys().graceSeconds()));
  }

  private StreamOptions stream(String name, StageSettings stage, String topic) {
    return new StreamOptions(
        config.clientProperties(),
        stage.group(),
        List.of(topic),
        config.topics().deadLetters(),
        new FlowLimits(stage.recordsInFlight(), stage.bytesInFlight()),
        config.delivery(),
        Duration.ofSeconds(stage.drainSeconds()),
        name);
  }

  /** Stops the stages, waiting within their drain time, then closes models and indexes. */
  @Override
  public void close() {
    int drain =
        Math.max(config.gradientStage().drainSeconds(), config.scoringStage().drainSeconds());
    watch.ifPresent(ModelWatch::close);
    try {
      await(vertx.close(), drain + START_SECONDS, "stop the stages");
    } finally {
      models.close();
      tracing.close();
    }
  }

  private static void await(Future<?> future, int seconds, String what) {
    try {
      future.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException("cannot " + what + ": " + e.getCause().getMessage(), e);
    } catch (TimeoutException e) {
      throw new IllegalStateException("could not %s within %d s".formatted(what, seconds), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while trying to " + what, e);
    }
  }
}
