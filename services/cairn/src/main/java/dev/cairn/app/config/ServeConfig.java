package dev.cairn.app.config;

import dev.cairn.streaming.DeliveryGuarantee;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Everything that a serving process is told: one YAML file, any value of which the environment can
 * override ({@code kafka.bootstrap-servers} is {@code CAIRN_KAFKA_BOOTSTRAP_SERVERS}).
 *
 * @param kafka the broker
 * @param topics topic names; those that are not there are made
 * @param payloads payloads that travel by reference (header ce_dataref)
 * @param delivery at-least-once, or exactly-once by transactions
 * @param models at least one; paths start at this file's directory
 * @param reloadSeconds how often other versions of the models are looked for; 0 for never
 * @param gradientStage the stage that turns steps into features
 * @param rowsPerRun rows that share one run of the gradient graph; 0 for as many as compiling found
 *     fastest
 * @param draws noises averaged a step (R)
 * @param scoringStage the stage that turns features into attributions
 * @param top examples named on either side
 * @param resultsAsJson protobuf or json
 * @param journeys means over generations, tags and windows
 * @param gateway HTTP API and dashboard
 * @param tracing spans of each record's way
 */
public record ServeConfig(
    KafkaSettings kafka,
    TopicNames topics,
    PayloadSettings payloads,
    DeliveryGuarantee delivery,
    List<ModelSettings> models,
    int reloadSeconds,
    StageSettings gradientStage,
    int rowsPerRun,
    int draws,
    StageSettings scoringStage,
    int top,
    boolean resultsAsJson,
    JourneySettings journeys,
    GatewaySettings gateway,
    TracingSettings tracing) {

  public static final int DEFAULT_RELOAD_SECONDS = 5;
  public static final int DEFAULT_ROWS_PER_RUN = 0;
  public static final int DEFAULT_DRAWS = 20;
  public static final int DEFAULT_TOP = 10;

  public ServeConfig {
    models = List.copyOf(models);
  }

  /** The default settings for a broker and models, as the demo uses them. */
  public static ServeConfig of(
      String bootstrapServers, List<ModelSettings> models, GatewaySettings gateway) {
    return new ServeConfig(
        new KafkaSettings(bootstrapServers, Map.of()),
        TopicNames.defaults(),
        PayloadSettings.defaults(),
        DeliveryGuarantee.AT_LEAST_ONCE,
        models,
        DEFAULT_RELOAD_SECONDS,
        StageSettings.defaults("cairn-gradient"),
        DEFAULT_ROWS_PER_RUN,
        DEFAULT_DRAWS,
        StageSettings.defaults("cairn-scoring"),
        DEFAULT_TOP,
        false,
        JourneySettings.defaults(),
        gateway,
        TracingSettings.disabled());
  }

  /**
   * Reads and checks a configuration. Relative paths start at the file's directory.
   *
   * @throws ConfigurationException naming every problem with its path in the configuration
   * @throws IOException if the file cannot be read
   */
  public static ServeConfig load(Path file, Map<String, String> environment) throws IOException {
    Path base = file.toAbsolutePath().getParent();
    return parse(file.toString(), Files.readString(file), base, environment);
  }

  static ServeConfig parse(String source, String yaml, Path base, Map<String, String> environment) {
    Problems problems = new Problems();
    Section root = new Section("", Yaml.read(source, yaml), environment, problems);
    KafkaSettings kafka = KafkaSettings.read(root.section("kafka"));
    TopicNames topics = TopicNames.read(root.section("topics"));
    PayloadSettings payloads = PayloadSettings.read(root.section("payloads"));
    DeliveryGuarantee delivery = delivery(root);
    List<ModelSettings> models = new ArrayList<>();
    for (Section model : root.sections("models")) {
      models.add(ModelSettings.read(model, base));
    }
    if (models.isEmpty()) {
      root.problem("models", "is empty; give at least one entry with bundle and index");
    }
    int reloadSeconds = root.count("reload-seconds", DEFAULT_RELOAD_SECONDS, 0, 86_400);
    Section gradient = root.section("gradient-stage");
    StageSettings gradientStage = StageSettings.read(gradient, "cairn-gradient");
    int rowsPerRun = gradient.count("rows-per-run", DEFAULT_ROWS_PER_RUN, 0, 4096);
    int draws = gradient.count("draws", DEFAULT_DRAWS, 1, 65_535);
    gradient.rejectUnknownKeys();
    Section scoring = root.section("scoring-stage");
    StageSettings scoringStage = StageSettings.read(scoring, "cairn-scoring");
    int top = scoring.count("top", DEFAULT_TOP, 1, 10_000);
    String format = scoring.text("format", "protobuf");
    if (!List.of("protobuf", "json").contains(format)) {
      scoring.problem("format", "must be protobuf or json, not " + format);
    }
    scoring.rejectUnknownKeys();
    JourneySettings journeys = JourneySettings.read(root.section("journeys"));
    if (!gradientStage.enabled() && !scoringStage.enabled() && !journeys.enabled()) {
      root.problem(
          "gradient-stage.enabled",
          "is false like those of scoring-stage and journeys; enable one");
    }
    GatewaySettings gateway = GatewaySettings.read(root.section("gateway"), base);
    TracingSettings tracing = TracingSettings.read(root.section("tracing"));
    root.rejectUnknownKeys();
    problems.throwIfAny(source);
    return new ServeConfig(
        kafka,
        topics,
        payloads,
        delivery,
        models,
        reloadSeconds,
        gradientStage,
        rowsPerRun,
        draws,
        scoringStage,
        top,
        format.equals("json"),
        journeys,
        gateway,
        tracing);
  }

  /** The properties for a client of Kafka; what it writes is compressed as configured. */
  public Map<String, Object> clientProperties() {
    return new ClientConfig(kafka, topics).clientProperties();
  }

  private static DeliveryGuarantee delivery(Section root) {
    DeliveryGuarantee fallback = DeliveryGuarantee.AT_LEAST_ONCE;
    try {
      return DeliveryGuarantee.parse(root.text("delivery", fallback.configName()));
    } catch (IllegalArgumentException e) {
      root.problem("delivery", e.getMessage());
      return fallback;
    }
  }
}
