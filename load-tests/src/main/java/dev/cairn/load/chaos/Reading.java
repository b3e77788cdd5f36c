package dev.cairn.load.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * What a process has spent so far, in seconds.
 *
 * @param elapsed by the clock
 * @param cpu of all its threads
 * @param runCpu of those, in runs of the gradient graph
 * @param runs by the clock, in runs of the gradient graph
 */
record Reading(double elapsed, double cpu, double runCpu, double runs) {

  /** From the operating system, and from the process's own metrics. */
  static Reading of(Process process, int managementPort) throws IOException {
    String metrics = metrics(managementPort);
    Duration cpu = process.info().totalCpuDuration().orElseThrow();
    return new Reading(
        System.nanoTime() / 1e9,
        cpu.toNanos() / 1e9,
        value(metrics, "cairn_gradient_run_cpu_seconds_total"),
        value(metrics, "cairn_gradient_run_seconds_sum"));
  }

  Reading minus(Reading before) {
    return new Reading(
        elapsed - before.elapsed, cpu - before.cpu, runCpu - before.runCpu, runs - before.runs);
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
}
