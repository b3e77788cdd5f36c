package dev.cairn.load.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a process has spent so far, in seconds.
 *
 * @param elapsed by the clock
 * @param cpu of all its threads
 * @param runCpu of those, in runs of the gradient graph
 * @param runs by the clock, in runs of the gradient graph
 * @param scoreCpu of all its threads, in scoring against the index
 * @param threads CPU of those that live, by the name that Linux keeps of each: its first 15
 *     characters, without the number at its end
 */
record Reading(
    double elapsed,
    double cpu,
    double runCpu,
    double runs,
    double scoreCpu,
    Map<String, Double> threads) {

  private static final List<String> COMPILERS = List.of("C1 Compiler", "C2 Compiler");

  /** Its feed, and the event loops, which nobody else uses. */
  private static final List<String> GATEWAY = List.of("cairn-gateway-f", "vert.x-eventloo");

  /**
   * From the operating system, and from the process's own metrics.
   *
   * @throws IOException if the process cannot be asked, or this is not Linux
   */
  static Reading of(Process process, int managementPort) throws IOException {
    String metrics = metrics(managementPort);
    Duration cpu = process.info().totalCpuDuration().orElseThrow();
    return new Reading(
        System.nanoTime() / 1e9,
        cpu.toNanos() / 1e9,
        value(metrics, "cairn_gradient_run_cpu_seconds_total"),
        value(metrics, "cairn_gradient_run_seconds_sum"),
        value(metrics, "cairn_score_cpu_seconds_total"),
        threads(process));
  }

  Reading minus(Reading before) {
    Map<String, Double> spent = new HashMap<>();
    threads.forEach((name, cpu) -> spent.put(name, cpu - before.threads.getOrDefault(name, 0.0)));
    return new Reading(
        elapsed - before.elapsed,
        cpu - before.cpu,
        runCpu - before.runCpu,
        runs - before.runs,
        scoreCpu - before.scoreCpu,
        spent);
  }

  double compilerCpu() {
    return threads(COMPILERS);
  }

  double gatewayCpu() {
    return threads(GATEWAY);
  }

  /** Everything but ONNX Runtime, compiling, scoring and the gateway. */
  double streamCpu() {
    return cpu - runCpu - compilerCpu() - scoreCpu - gatewayCpu();
  }

  private static String metrics(int port) throws IOException {
    try (InputStream in =
        URI.create("http://127.0.0.1:" + port + "/metrics").toURL().openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static double value(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private double threads(List<String> names) {
    return threads.entrySet().stream()
        .filter(thread -> names.stream().anyMatch(thread.getKey()::startsWith))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  private static Map<String, Double> threads(Process process) throws IOException {
    Map<String, Double> threads = new HashMap<>();
    try (Stream<Path> tasks = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
      for (Path task : tasks.toList()) {
        try {
          String name = Files.readString(task.resolve("comm")).strip().replaceAll("[-#\\d]+$", "");
          String nanos = Files.readString(task.resolve("schedstat")).split(" ", 2)[0];
          threads.merge(name, Long.parseLong(nanos) / 1e9, Double::sum);
        } catch (NoSuchFileException _) {
          // Ended between the list and the look.
        }
      }
    }
    return threads;
  }
}
