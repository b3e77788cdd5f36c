package dev.cairn.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.app.config.GatewaySettings;
import dev.cairn.app.config.ModelSettings;
import dev.cairn.app.config.ServeConfig;
import dev.cairn.app.config.TopicNames;
import dev.cairn.app.process.ProcessMeters;
import dev.cairn.app.process.ServingProcess;
import dev.cairn.broker.EmbeddedBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Python examples, as they are deployed, with classes made from the shipped schemas. */
class PythonExamplesIT {

  private static final Path PYTHON = Path.of("../../.ci/tools/python/bin/python");
  private static final Path EXAMPLES = Path.of("../../deploy/examples/python");
  private static final Path SCHEMAS = Path.of("../../schemas/src/main/protobuf");

  @TempDir static Path directory;
  private static EmbeddedBroker broker;
  private static ProcessMeters meters;
  private static ServingProcess process;

  @BeforeAll
  static void serve() throws Exception {
    requirePython();
    makeMessages();
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
                List.of(new ModelSettings(bundle, index, Optional.empty())),
                GatewaySettings.disabled()),
            meters.registry());
  }

  @AfterAll
  static void stop() {
    if (process != null) {
      process.close();
      meters.close();
      broker.close();
    }
  }

  private static void requirePython() {
    if (!Files.isExecutable(PYTHON)) {
      String missing = "no Python with a Kafka client (.ci/install-tools), so examples are not run";
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError(missing + ", which CI=true demands");
      }
      Assumptions.abort(missing);
    }
  }

  /** The command of the examples' README. */
  private static void makeMessages() throws Exception {
    List<String> arguments = new ArrayList<>(List.of("-m", "grpc_tools.protoc"));
    arguments.addAll(List.of("-I", SCHEMAS.toString(), "--python_out=" + directory));
    try (Stream<Path> files = Files.list(SCHEMAS.resolve("cairn/v1"))) {
      files.map(Path::toString).forEach(arguments::add);
    }
    python(arguments.toArray(String[]::new));
  }

  private static List<String> python(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(PYTHON.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("PYTHONPATH", directory.toString());
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    Path errors = directory.resolve("errors.txt");
    Process started = builder.redirectError(errors.toFile()).start();
    List<String> lines =
        new String(started.getInputStream().readAllBytes(), UTF_8).lines().toList();
    assertThat(started.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(started.exitValue()).as(Files.readString(errors)).isZero();
    return lines;
  }

  @Test
  void what_a_python_pipeline_draws_is_attributed_and_told_to_a_python_subscriber()
      throws Exception {
    List<String> generations =
        python(
            EXAMPLES.resolve("stand_in_pipeline.py").toString(),
            "--bootstrap",
            broker.bootstrapServers(),
            "--model",
            "fashion-16px",
            "--size",
            "16",
            "--steps",
            "3");
    List<String> results =
        python(
            EXAMPLES.resolve("cairn_subscriber.py").toString(),
            "--bootstrap",
            broker.bootstrapServers(),
            "--count",
            "8");

    assertThat(generations).hasSize(2).doesNotHaveDuplicates();
    for (String generation : generations) {
      assertThat(results)
          .filteredOn(line -> line.startsWith(generation))
          .allSatisfy(line -> assertThat(line).containsPattern("towards: .*#\\d+ \\+.*away: .*#"))
          .extracting(line -> line.substring(generation.length()).strip().split("  ")[0])
          .containsExactly("step 1 of 3", "step 2 of 3", "step 3 of 3", "final image");
    }
  }
}
