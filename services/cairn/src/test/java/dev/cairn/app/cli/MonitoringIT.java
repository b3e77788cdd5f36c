package dev.cairn.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.app.config.GatewaySettings;
import dev.cairn.app.config.ModelSettings;
import dev.cairn.app.config.ServeConfig;
import dev.cairn.app.config.TopicNames;
import dev.cairn.app.process.ProcessMeters;
import dev.cairn.app.process.ServingProcess;
import dev.cairn.broker.EmbeddedBroker;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is deployed to watch Cairn fits what Cairn tells. */
class MonitoringIT {

  private static final Path DEPLOY = Path.of("../../deploy");
  private static final Pattern METRIC = Pattern.compile("\\b(?:cairn|jvm|process)_[a-z0-9_]+");
  private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-zA-Z_:][a-zA-Z0-9_:]*)[{ ]");

  @TempDir static Path directory;
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static EmbeddedBroker broker;
  private static ProcessMeters meters;
  private static ServingProcess process;

  @BeforeAll
  static void serveAndAttributeSomething() throws IOException {
    Path bundle = DemoModel.bundle(directory);
    Path index = directory.resolve("index");
    Path data = DemoModel.data(directory, 50);
    CommandRun.of("index", bundle, "--data", data, "--out", index, "--timesteps", 2).succeeded();
    broker = EmbeddedBroker.start(directory.resolve("broker"));
    broker.createTopics(
        TopicNames.defaults().all().collect(Collectors.toMap(topic -> topic, _ -> 1)));
    meters = new ProcessMeters();
    process =
        ServingProcess.start(
            ServeConfig.of(
                broker.bootstrapServers(),
                List.of(new ModelSettings(bundle, index, Optional.of(data))),
                GatewaySettings.local(0)),
            meters.registry());
    sendWhatCannotBeProcessed();
    CommandRun.of("generate", bundle, "--bootstrap", broker.bootstrapServers(), "--steps", 3)
        .succeeded();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> samples().contains("cairn_gateway_dead_letters_total") && attributed() >= 4);
  }

  @AfterAll
  static void stop() {
    process.close();
    meters.close();
    broker.close();
  }

  private static void sendWhatCannotBeProcessed() {
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(
          new ProducerRecord<>(
              TopicNames.defaults().generations(), "x".getBytes(UTF_8), new byte[] {1}));
    }
  }

  private static double attributed() {
    return meters.registry().get("cairn.gateway.attributions").counter().count();
  }

  private static Set<String> samples() {
    return names(SAMPLE, get(process.management().orElseThrow().resolve("metrics")));
  }

  private static Set<String> names(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(match -> match.groupCount() > 0 ? match.group(1) : match.group())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String get(URI uri) {
    try {
      HttpResponse<String> response =
          HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).as(uri.toString()).isEqualTo(200);
      return response.body();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("no answer from " + uri, e);
    }
  }

  @Test
  void every_metric_that_a_rule_or_a_panel_names_exists() throws IOException {
    Set<String> named = new TreeSet<>();
    for (String file : List.of("prometheus/rules.yaml", "grafana/cairn.json")) {
      named.addAll(names(METRIC, Files.readString(DEPLOY.resolve(file))));
    }

    assertThat(named).hasSizeGreaterThan(15);
    assertThat(samples()).containsAll(named);
  }

  @Test
  void kafkas_clients_tell_of_themselves_in_few_series_each() {
    Map<String, Long> series =
        get(process.management().orElseThrow().resolve("metrics"))
            .lines()
            .filter(line -> line.startsWith("kafka_"))
            .map(line -> line.replaceAll("^\\w+\\{(.*)} .*$", "$1"))
            .collect(Collectors.groupingBy(labels -> labels, Collectors.counting()));

    assertThat(series)
        .containsOnlyKeys("client=\"gradient\"", "client=\"scoring\"", "client=\"gateway\"")
        .allSatisfy((_, count) -> assertThat(count).isBetween(15L, 30L));
  }

  @Test
  void every_alert_has_a_runbook_and_every_runbook_an_alert() throws IOException {
    Set<String> alerts =
        names(
            Pattern.compile("(?m)- alert: (\\w+)$"),
            Files.readString(DEPLOY.resolve("prometheus/rules.yaml")));
    try (Stream<Path> pages = Files.list(DEPLOY.resolve("prometheus/runbooks"))) {
      assertThat(pages.map(page -> page.getFileName().toString().replace(".md", "")))
          .containsExactlyInAnyOrderElementsOf(alerts);
    }
  }

  @Test
  void probes_say_that_everything_runs() {
    await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptionsInstanceOf(AssertionError.class)
        .untilAsserted(
            () ->
                assertThat(get(process.management().orElseThrow().resolve("ready")))
                    .contains("true"));
  }

  @Test
  void the_rules_pass_promtool() throws Exception {
    run(tool("promtool"), "check", "rules", DEPLOY.resolve("prometheus/rules.yaml").toString());
    run(
        tool("promtool"),
        "check",
        "config",
        DEPLOY.resolve("prometheus/prometheus.yaml").toString());
  }

  private static void run(String... command) throws Exception {
    Process started = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(started.getInputStream().readAllBytes(), UTF_8);
    assertThat(started.waitFor()).as(output).isZero();
  }

  @Test
  void a_real_prometheus_scrapes_the_process() throws Exception {
    // Given: the configuration as it is deployed, but for the address and the pace
    String prometheus = tool("prometheus");
    URI target = process.management().orElseThrow();
    int port = freePort();
    Files.copy(DEPLOY.resolve("prometheus/rules.yaml"), directory.resolve("rules.yaml"));
    Path config =
        Files.writeString(
            directory.resolve("prometheus.yaml"),
            Files.readString(DEPLOY.resolve("prometheus/prometheus.yaml"))
                .replace("localhost:8481", target.getAuthority())
                .replace("15s", "1s"));
    Process server =
        new ProcessBuilder(
                prometheus,
                "--config.file=" + config,
                "--storage.tsdb.path=" + directory.resolve("prometheus"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("prometheus.log").toFile())
            .start();
    try {
      URI query =
          URI.create(
              "http://127.0.0.1:%d/api/v1/query?query=cairn_gateway_attributions_total"
                  .formatted(port));

      // Then
      await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .untilAsserted(
              () ->
                  assertThat(get(query))
                      .contains("\"job\":\"cairn\"")
                      .containsPattern("\"[1-9][0-9]*\"\\]"));
    } finally {
      server.destroy();
      server.waitFor(20, TimeUnit.SECONDS);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** A program of Debian's package prometheus; skips the test without it, unless CI demands it. */
  private static String tool(String name) {
    Path path = Path.of("/usr/bin", name);
    if (!Files.isExecutable(path)) {
      String missing = name + " is not installed (apt-get install prometheus)";
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError(missing + ", which CI=true demands");
      }
      Assumptions.abort(missing);
    }
    return path.toString();
  }
}
