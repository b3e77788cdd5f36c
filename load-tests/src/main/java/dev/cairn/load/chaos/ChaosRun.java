package dev.cairn.load.chaos;

import dev.cairn.broker.FaultProxy;
import dev.cairn.load.chaos.Faults.Fault;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Real attributor processes around a real broker, under kills, restarts, network faults, rebalances
 * and hostile records; then the same records again, undisturbed, and the two compared.
 */
@Command(name = "chaos", mixinStandardHelpOptions = true)
public final class ChaosRun implements Callable<Integer> {

  private static final Duration LONGEST_RECOVERY = Duration.ofMinutes(6);
  private static final int HOSTILE_PERCENT = 5;

  @Parameters(
      paramLabel = "MINUTES",
      arity = "0..1",
      description = "how long faults are injected (${DEFAULT-VALUE})")
  private double minutes = 20;

  @Option(names = "--delivery", description = "at-least-once or exactly-once (${DEFAULT-VALUE})")
  private String delivery = "exactly-once";

  @Option(names = "--rate", description = "records a second (${DEFAULT-VALUE})")
  private double rate = 16;

  @Option(names = "--seed", description = "of records and faults (${DEFAULT-VALUE})")
  private long seed = 1;

  @Option(names = "--faults", split = ",", description = "which are injected (${DEFAULT-VALUE})")
  private List<Fault> faults = List.of(Fault.values());

  @Option(names = "--directory", description = "model, index, logs (${DEFAULT-VALUE})")
  private Path directory = Path.of("load-tests/target/chaos");

  public static void main(String[] args) {
    // However this ends, no process that it started goes on.
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly),
                "end-processes"));
    System.exit(new CommandLine(new ChaosRun()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Scene scene = new Scene(Files.createDirectories(directory.toAbsolutePath()));
    say("Preparing a model, an index and a broker in %s", scene.directory());
    scene.prepare();
    Path data = scene.directory().resolve("broker");
    deleteRecursively(data);
    try (FaultProxy calm = FaultProxy.listen();
        FaultProxy faulty = FaultProxy.listen();
        BrokerProcess broker = new BrokerProcess(data, log(scene, "broker.log"), calm, faulty)) {
      broker.start();
      return compare(scene, broker, calm.bootstrapServers(), faulty);
    }
  }

  private int compare(Scene scene, BrokerProcess broker, String direct, FaultProxy proxy)
      throws Exception {
    Scene.Topics disturbed = new Scene.Topics("chaos");
    Scene.Topics calm = new Scene.Topics("calm");
    disturbed.create(direct);
    calm.create(direct);
    Report report = new Report(delivery, HOSTILE_PERCENT);
    try (Outcomes outcomes = new Outcomes(direct, disturbed)) {
      Path configuration =
          scene.configuration("chaos", proxy.bootstrapServers(), disturbed, delivery);
      disturb(scene, broker, direct, proxy, configuration, disturbed, outcomes, report);
      report.disturbed(outcomes);
    }
    say("Sending the same records again, undisturbed");
    try (Outcomes outcomes = new Outcomes(direct, calm)) {
      CairnProcess process =
          new CairnProcess(
              scene.configuration("calm", direct, calm, delivery), log(scene, "calm.log"));
      process.start();
      try (Sender sender = new Sender(direct, workload(calm))) {
        sender.send(report.generations());
      }
      await(
          "the undisturbed run",
          LONGEST_RECOVERY.plusSeconds((long) (60 * minutes)),
          () -> report.complete(outcomes));
      report.undisturbed(outcomes);
      process.terminate(60);
    }
    System.out.print(report.text());
    return report.passed() ? 0 : 1;
  }

  private void disturb(
      Scene scene,
      BrokerProcess broker,
      String direct,
      FaultProxy proxy,
      Path configuration,
      Scene.Topics topics,
      Outcomes outcomes,
      Report report)
      throws Exception {
    List<CairnProcess> processes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      processes.add(new CairnProcess(configuration, log(scene, "chaos-" + i + ".log")));
      processes.getLast().start();
    }
    Faults injected =
        new Faults(
            broker,
            direct,
            proxy,
            processes,
            List.of(
                topics.run() + "-gradient",
                topics.generations(),
                topics.run() + "-scoring",
                topics.features()),
            faults,
            new PrintStream(
                Files.newOutputStream(log(scene, "faults.log")), true, StandardCharsets.UTF_8),
            seed);
    long started = System.nanoTime();
    long end = started + (long) (minutes * TimeUnit.MINUTES.toNanos(1));
    try (Sender sender = new Sender(direct, workload(topics))) {
      sender.startAt(rate, end);
      await("the first results", LONGEST_RECOVERY, () -> outcomes.attributed() > 0);
      say("Injecting faults for %.1f minutes", minutes);
      for (long told = System.nanoTime(); System.nanoTime() < end; ) {
        injected.injectOne();
        injected.pause(1000, 5000);
        if (System.nanoTime() - told > TimeUnit.SECONDS.toNanos(30)) {
          told = System.nanoTime();
          say(
              "%,d sent, %,d attributed, %,d dead letters, %,d repeated",
              sender.sent(), outcomes.attributed(), outcomes.deadLettered(), outcomes.repeated());
        }
      }
      sender.join();
      report.sent(sender.generations(), sender.hostile());
    }
    proxy.heal();
    say("Waiting for the rest");
    try {
      await(
          "the disturbed run",
          LONGEST_RECOVERY,
          () -> {
            injected.reviveThatEnded();
            return report.complete(outcomes);
          });
    } finally {
      int drained = 0;
      for (CairnProcess process : processes) {
        drained += process.terminate(60) ? 1 : 0;
      }
      report.faults(injected, processes.size() - drained);
    }
    // What is still on its way from a stage that was drained.
    TimeUnit.SECONDS.sleep(5);
    if (!report.complete(outcomes)) {
      say("%s", Census.text(Census.of(direct, topics), report.generations()));
    }
  }

  /** May fail on the way, for example because a process cannot be started. */
  private interface Condition {
    boolean holds() throws IOException;
  }

  /** Goes on after the bound too: the report then tells what is missing. */
  private static void await(String what, Duration bound, Condition condition) throws IOException {
    long deadline = System.nanoTime() + bound.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        say("Gave up waiting for %s", what);
        return;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
    }
  }

  private static void deleteRecursively(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> paths = Files.walk(directory)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private Workload workload(Scene.Topics topics) {
    return new Workload(topics.generations(), seed, HOSTILE_PERCENT / 100.0);
  }

  private static Path log(Scene scene, String name) throws IOException {
    Path log = scene.directory().resolve(name);
    Files.deleteIfExists(log);
    return log;
  }

  private static void say(String format, Object... arguments) {
    System.err.printf(format + "%n", arguments);
  }
}
