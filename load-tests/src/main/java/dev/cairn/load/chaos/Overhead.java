package dev.cairn.load.chaos;

import dev.cairn.app.Cairn;
import dev.cairn.broker.EmbeddedBroker;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What the stream costs beside ONNX Runtime, with the gradient engine busy: CPU of the process
 * without that of the graph's runs, and latency without the time of those runs. At several rates,
 * so that what it costs to be there is told apart from what a record costs.
 */
@Command(name = "overhead", mixinStandardHelpOptions = true)
public final class Overhead implements Callable<Integer> {

  private static final int SETTLE_SECONDS = 5;
  private static final int DRAIN_SECONDS = 120;
  private static final double KEEPS_UP_SECONDS = 1;

  @Option(names = "--seconds", description = "how long each rate is measured (${DEFAULT-VALUE})")
  private int seconds = 60;

  @Option(
      names = "--warm-up",
      description = "seconds at the highest rate before the first (${DEFAULT-VALUE})")
  private int warmUp = 120;

  @Option(
      names = "--rates",
      split = ",",
      description = "records a second, one after another (${DEFAULT-VALUE})")
  private List<Double> rates = List.of(0.0, 100.0);

  @Option(
      names = "--draws",
      description = "rows a step, which keep the engine busy (${DEFAULT-VALUE})")
  private int draws = 8;

  @Option(
      names = "--client",
      paramLabel = "NAME=VALUE",
      description = "property of the process's Kafka clients, for example linger.ms=0")
  private Map<String, String> clients = Map.of();

  @Option(names = "--directory", description = "model, index, logs (${DEFAULT-VALUE})")
  private Path directory = Path.of("load-tests/target/overhead");

  public static void main(String[] args) {
    System.exit(new CommandLine(new Overhead()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Scene scene = new Scene(Files.createDirectories(directory.toAbsolutePath()));
    scene.prepare();
    Scene.Topics topics = new Scene.Topics("overhead");
    int port = freePort();
    try (EmbeddedBroker broker = EmbeddedBroker.start(null)) {
      broker.createTopics(topics.partitions());
      Process process = serve(configuration(scene, broker, topics, port));
      try (var traffic = new OverheadTraffic(broker.bootstrapServers(), topics)) {
        awaitAnswer(process, port);
        traffic.rate(Collections.max(rates));
        TimeUnit.SECONDS.sleep(warmUp);
        OverheadReport report = new OverheadReport();
        for (double rate : rates) {
          drain(traffic);
          traffic.rate(rate);
          TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
          Reading before = Reading.of(process, port);
          traffic.reset();
          TimeUnit.SECONDS.sleep(seconds);
          Reading spent = Reading.of(process, port).minus(before);
          if (traffic.outstanding() > KEEPS_UP_SECONDS * rate) {
            System.out.println("Not steady: the process does not keep up, on this machine, now.");
          }
          System.out.print(report.at(spent, traffic.toFeatures(), traffic.toResult()));
        }
      } finally {
        process.destroy();
        process.waitFor(30, TimeUnit.SECONDS);
        process.destroyForcibly();
      }
    }
    return 0;
  }

  private Process serve(Path configuration) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // As deploy/cairn starts it.
    command.addAll(List.of(System.getProperty("cairn.options").strip().split(" ")));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Cairn.class.getName()));
    command.addAll(List.of("serve", "--config", configuration.toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("serve.log").toFile())
        .start();
  }

  private Path configuration(Scene scene, EmbeddedBroker broker, Scene.Topics topics, int port)
      throws IOException {
    return Files.writeString(
        scene.directory().resolve("overhead.yaml"),
        """
        kafka: {bootstrap-servers: "%s", properties: {%s}}
        topics: {generations: %s, features: %s, attributions: %s, dead-letters: %s}
        models:
          - bundle: %s
            index: index
        gradient-stage: {draws: %d, workers: 1}
        scoring-stage: {workers: 1}
        gateway: {enabled: true, port: 0, management-port: %d}
        """
            .formatted(
                broker.bootstrapServers(),
                clients.entrySet().stream()
                    .map(property -> property.getKey() + ": " + property.getValue())
                    .collect(Collectors.joining(", ")),
                topics.generations(),
                topics.features(),
                topics.attributions(),
                topics.deadLetters(),
                Workload.MODEL,
                draws,
                port));
  }

  /** What was left over from one rate would be counted with the next. */
  private static void drain(OverheadTraffic traffic) throws InterruptedException {
    traffic.rate(0);
    for (int second = 0; second < DRAIN_SECONDS && traffic.outstanding() > 0; second++) {
      TimeUnit.SECONDS.sleep(1);
    }
  }

  private static void awaitAnswer(Process process, int port) throws Exception {
    while (process.isAlive()) {
      try {
        Reading.of(process, port);
        return;
      } catch (ConnectException _) {
        TimeUnit.SECONDS.sleep(1);
      }
    }
    throw new IOException("the process ended; its log is beside its configuration");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
