package dev.cairn.app.process;

import dev.cairn.app.CommandFailure;
import dev.cairn.app.config.ModelSettings;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
  private final List<OpenModel> models = new ArrayList<>();
  private final Map<String, Supplier<StageState>> stages = new LinkedHashMap<>();
  private Optional<Gateway> gateway = Optional.empty();

  private ServingProcess(ServeConfig config) {
    this.config = config;
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
    ServingProcess process = new ServingProcess(config);
    try {
      for (ModelSettings settings : config.models()) {
        process.add(OpenModel.open(settings, config, meters));
      }
      process.deployStages(meters);
      process.deployGateway(meters);
      return process;
    } catch (RuntimeException e) {
      process.close();
      throw e;
    }
  }

  private void add(OpenModel model) {
    boolean taken = modelIds().contains(model.id());
    models.add(model);
    if (taken) {
      throw new CommandFailure(
          "two models have the id '%s', which is their bundle directory's name; rename one"
              .formatted(model.id()));
    }
  }

  /** Ids of the models, as events name them. */
  public List<String> modelIds() {
    return models.stream().map(OpenModel::id).toList();
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
      models.forEach(model -> indexes.put(model.id(), model.index()));
      ScoringStage stage = new ScoringStage(scoringOptions(), indexes, meters, tracing.telemetry());
      deploy("scoring", stage, stage::state);
    }
    if (config.journeys().enabled()) {
      JourneyStage stage = new JourneyStage(journeyOptions(), meters);
      deploy("journeys", stage, stage::state);
    }
    if (config.gradientStage().enabled()) {
      Map<String, ServedModel> served = new LinkedHashMap<>();
      models.forEach(model -> served.put(model.id(), model.served()));
      GradientStage stage =
          new GradientStage(gradientOptions(), served, meters, tracing.telemetry());
      deploy("gradient", stage, stage::state);
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
    List<ModelCard> cards = new ArrayList<>();
    for (int i = 0; i < models.size(); i++) {
      cards.add(ModelCards.of(models.get(i), config.models().get(i)));
    }
    Gateway deployed =
        new Gateway(gatewayOptions(), cards, meters, this::problems, Map.of("version", version()));
    await(vertx.deployVerticle(deployed), START_SECONDS, "start the gateway");
    gateway = Optional.of(deployed);
  }

  private GatewayOptions gatewayOptions() {
    var settings = config.gateway();
    return new GatewayOptions(
        settings.host(),
        settings.port(),
        settings.managementPort(),
        settings.token(),
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
    try {
      await(vertx.close(), drain + START_SECONDS, "stop the stages");
    } finally {
      models.forEach(OpenModel::close);
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
