package dev.cairn.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cairn.streaming.DeliveryGuarantee;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeConfigTest {

  @TempDir Path directory;

  @BeforeEach
  void makeABundleAndAnIndex() throws IOException {
    Files.createDirectory(directory.resolve("bundle"));
    Files.createDirectory(directory.resolve("index"));
  }

  @Test
  void everything_but_the_broker_and_the_models_has_a_default() {
    ServeConfig config =
        parse(
            """
            kafka:
              bootstrap-servers: localhost:9092
            models:
              - bundle: bundle
                index: index
            """);

    assertThat(config)
        .isEqualTo(
            ServeConfig.of(
                "localhost:9092",
                java.util.List.of(
                    new ModelSettings(
                        directory.resolve("bundle"),
                        directory.resolve("index"),
                        java.util.Optional.empty())),
                GatewaySettings.disabled()));
  }

  @Test
  void delivery_is_chosen_by_name() {
    String yaml =
        """
        kafka: {bootstrap-servers: "localhost:9092"}
        models: [{bundle: bundle, index: index}]
        delivery: %s
        """;

    assertThat(parse(yaml.formatted("exactly-once")).delivery())
        .isEqualTo(DeliveryGuarantee.EXACTLY_ONCE);
    assertThat(failure(yaml.formatted("once")))
        .hasMessageContaining("delivery: must be at-least-once or exactly-once, not once");
  }

  @Test
  void other_origins_are_named_one_by_one() {
    String yaml =
        """
        kafka: {bootstrap-servers: "localhost:9092"}
        models: [{bundle: bundle, index: index}]
        gateway: {enabled: true, allowed-origins: "%s"}
        """;

    assertThat(parse(yaml.formatted("https://a.example, http://b:81")).gateway().allowedOrigins())
        .containsExactly("http://b:81", "https://a.example");
    assertThat(failure(yaml.formatted("*"))).hasMessageContaining("gateway.allowed-origins");
  }

  @Test
  void tracing_is_off_unless_told_and_needs_an_address() {
    String yaml =
        """
        kafka: {bootstrap-servers: "localhost:9092"}
        models: [{bundle: bundle, index: index}]
        tracing: {enabled: true, sample-percent: 10, endpoint: "%s"}
        """;

    assertThat(parse(yaml.formatted("http://collector:4318")).tracing())
        .isEqualTo(new TracingSettings(true, URI.create("http://collector:4318"), 10));
    assertThat(failure(yaml.formatted("collector:4318")))
        .hasMessageContaining("tracing.endpoint: must be an http or https address");
  }

  @Test
  void journeys_are_off_unless_told_and_take_tags_by_name() {
    String yaml =
        """
        kafka: {bootstrap-servers: "localhost:9092"}
        models: [{bundle: bundle, index: index}]
        journeys: {enabled: true, tags: "prompt, user", window-seconds: 60}
        """;

    JourneySettings journeys = parse(yaml).journeys();

    assertThat(JourneySettings.defaults().enabled()).isFalse();
    assertThat(journeys.enabled()).isTrue();
    assertThat(journeys.tags()).containsExactly("prompt", "user");
    assertThat(journeys.windowSeconds()).isEqualTo(60);
  }

  @Test
  void secrets_can_come_from_files_and_are_never_shown() throws IOException {
    // Given
    Path secret = Files.writeString(directory.resolve("secret"), "hunter$2\\n\n");
    String yaml =
        """
        kafka:
          bootstrap-servers: localhost:9092
          properties:
            sasl.jaas.config: user="u" password="${file:%s}";
            client.id: ${file:%s}
        models: [{bundle: bundle, index: index}]
        """;

    // When
    KafkaSettings kafka = parse(yaml.formatted(secret, secret)).kafka();

    // Then
    assertThat(kafka.clientProperties())
        .containsEntry("sasl.jaas.config", "user=\"u\" password=\"hunter$2\\n\";");
    assertThat(kafka.toString()).contains("client.id").doesNotContain("hunter");
    assertThat(failure(yaml.formatted(secret, directory.resolve("absent"))))
        .hasMessageContaining("kafka.properties.client.id: names the file")
        .hasMessageContaining("absent, which cannot be read");
  }

  @Test
  void payloads_by_reference_are_read_from_named_places_only() {
    String yaml =
        """
        kafka: {bootstrap-servers: "localhost:9092"}
        models: [{bundle: bundle, index: index}]
        payloads: {references: "file:/data/, %s"}
        """;

    assertThat(parse(yaml.formatted("https://store.example/x/")).payloads().limits().references())
        .containsExactly(URI.create("file:/data/"), URI.create("https://store.example/x/"));
    assertThat(failure(yaml.formatted("https://store.example/x")))
        .hasMessageContaining("payloads.references: must be");
    assertThat(failure(yaml.formatted("/data")))
        .hasMessageContaining(
            "must be file:, http: or https: URIs that end with a slash, not /data");
  }

  @Test
  void all_problems_are_reported_at_once_with_their_paths() {
    ConfigurationException failure =
        failure(
            """
            kafka:
              bootstrap-server: localhost:9092
            topics:
              features: cairn.generations
            models:
              - bundle: nowhere
                index: index
            gradient-stage:
              workers: many
              draws: 0
            scoring-stage:
              format: xml
              top: [1]
            gradiant-stage: {}
            """);

    assertThat(failure.problems())
        .containsExactlyInAnyOrder(
            "kafka.bootstrap-servers: is missing; give host:port of a Kafka broker",
            "kafka.bootstrap-server: is not a known key; did you mean bootstrap-servers?",
            "topics.features: is the same topic as topics.generations",
            "models[0].bundle: "
                + directory.resolve("nowhere")
                + " is no directory; give the model bundle's directory",
            "gradient-stage.workers: must be a whole number from 1 to 1024, not many",
            "gradient-stage.draws: must be a whole number from 1 to 65535, not 0",
            "scoring-stage.format: must be protobuf or json, not xml",
            "scoring-stage.top: must be a single value, not a list",
            "gradiant-stage: is not a known key; did you mean gradient-stage?");
    assertThat(failure.getMessage().lines()).hasSize(1);
  }

  @Test
  void an_empty_file_says_what_is_missing() {
    assertThat(failure("").problems())
        .containsExactly(
            "kafka.bootstrap-servers: is missing; give host:port of a Kafka broker",
            "models: is empty; give at least one entry with bundle and index");
  }

  @Test
  void broken_yaml_names_the_line() {
    assertThat(failure("kafka:\n  bootstrap-servers: [").problems().getFirst())
        .matches("line \\d+: not valid YAML: .*");
  }

  @Test
  void the_environment_takes_precedence() {
    ServeConfig config =
        ServeConfig.parse(
            "test.yaml",
            """
            kafka: {bootstrap-servers: "localhost:9092"}
            models: [{bundle: nowhere, index: index}]
            """,
            directory,
            Map.of(
                "CAIRN_KAFKA_BOOTSTRAP_SERVERS", "kafka:9093",
                "CAIRN_MODELS_0_BUNDLE", "bundle",
                "CAIRN_SCORING_STAGE_TOP", "3"));

    assertThat(config.kafka().bootstrapServers()).isEqualTo("kafka:9093");
    assertThat(config.models().getFirst().bundle()).isEqualTo(directory.resolve("bundle"));
    assertThat(config.top()).isEqualTo(3);
  }

  @Test
  void client_properties_pass_through_and_secrets_are_hidden_when_shown() {
    KafkaSettings kafka =
        parse(
                """
                kafka:
                  bootstrap-servers: a:1,b:2
                  properties:
                    security.protocol: SASL_SSL
                    sasl.jaas.config: org.example.Login password="hunter2";
                    ssl.truststore.password: hunter3
                models: [{bundle: bundle, index: index}]
                """)
            .kafka();

    assertThat(kafka.clientProperties())
        .containsEntry("bootstrap.servers", "a:1,b:2")
        .containsEntry("ssl.truststore.password", "hunter3");
    assertThat(kafka.toString()).contains("SASL_SSL").doesNotContain("hunter");
  }

  private ServeConfig parse(String yaml) {
    return ServeConfig.parse("test.yaml", yaml, directory, Map.of());
  }

  private ConfigurationException failure(String yaml) {
    return catchThrowableOfType(ConfigurationException.class, () -> parse(yaml));
  }
}
