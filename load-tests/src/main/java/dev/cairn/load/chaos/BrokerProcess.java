package dev.cairn.load.chaos;

import dev.cairn.broker.BrokerListener;
import dev.cairn.broker.EmbeddedBroker;
import dev.cairn.broker.FaultProxy;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A broker in a process of its own, so that it can be killed and not only restarted. Clients reach
 * it through proxies, whose addresses stay the same whichever ports the next process gets.
 */
final class BrokerProcess implements AutoCloseable {

  private static final String PORTS = "ports ";
  private static final long STOP_SECONDS = 120;

  private final List<String> launcher;
  private final Path directory;
  private final Path log;
  private final FaultProxy calm;
  private final FaultProxy faulty;
  private Process process;

  /** Runs a broker until its standard input ends. Arguments: directory and the proxies' ports. */
  static final class Main {
    public static void main(String[] arguments) throws IOException {
      BrokerListener calm = new BrokerListener("CALM", "PLAINTEXT", Integer.parseInt(arguments[1]));
      BrokerListener faulty =
          new BrokerListener("FAULTY", "PLAINTEXT", Integer.parseInt(arguments[2]));
      // Transactions of killed processes are given up soon, so that readers go on.
      Map<String, String> properties =
          Map.of("transaction.abort.timed.out.transaction.cleanup.interval.ms", "2000");
      try (EmbeddedBroker broker =
          EmbeddedBroker.start(Path.of(arguments[0]), List.of(calm, faulty), properties)) {
        System.out.println(PORTS + broker.port(calm) + " " + broker.port(faulty));
        while (System.in.read() >= 0) {
          // Nothing is said but the end.
        }
      }
    }
  }

  /**
   * @param calm how a client reaches it undisturbed
   * @param faulty how a client reaches it through a network that misbehaves
   */
  BrokerProcess(Path directory, Path log, FaultProxy calm, FaultProxy faulty) {
    this(List.of(), directory, log, calm, faulty);
  }

  /**
   * @param launcher a command before the broker's own, which it runs in its stead
   */
  BrokerProcess(
      List<String> launcher, Path directory, Path log, FaultProxy calm, FaultProxy faulty) {
    this.launcher = launcher;
    this.directory = directory;
    this.log = log;
    this.calm = calm;
    this.faulty = faulty;
  }

  /** Starts a process, and returns when it takes clients. */
  void start() throws IOException {
    List<String> command = new ArrayList<>(launcher);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx384m",
            "-Dlogback.configurationFile=broker-logback.xml",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            directory.toString(),
            Integer.toString(calm.port()),
            Integer.toString(faulty.port())));
    process = new ProcessBuilder(command).redirectError(Redirect.appendTo(log.toFile())).start();
    BufferedReader said = process.inputReader();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (line.startsWith(PORTS)) {
        String[] ports = line.substring(PORTS.length()).split(" ");
        calm.forwardTo(Integer.parseInt(ports[0]));
        faulty.forwardTo(Integer.parseInt(ports[1]));
        Thread.ofVirtual().start(() -> said.lines().forEach(_ -> {}));
        return;
      }
    }
    throw new IOException("the broker did not start: see " + log);
  }

  boolean alive() {
    return process.isAlive();
  }

  /** Without warning (SIGKILL). */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /**
   * In good order.
   *
   * @return whether it ended within the bound; otherwise it was killed
   */
  boolean stop() throws IOException, InterruptedException {
    process.outputWriter().close();
    if (process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      return true;
    }
    kill();
    return false;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (process != null) {
      stop();
    }
  }
}
