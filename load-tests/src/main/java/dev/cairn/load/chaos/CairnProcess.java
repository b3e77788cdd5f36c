package dev.cairn.load.chaos;

import dev.cairn.app.Cairn;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real process of Cairn that serves, is killed, and is started again. One thread owns it. */
final class CairnProcess {

  private final Path configuration;
  private final Path log;
  private Process process;

  CairnProcess(Path configuration, Path log) {
    this.configuration = configuration;
    this.log = log;
  }

  /** Runs a command of Cairn in a process of its own. */
  static Process start(Path log, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                Cairn.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(Redirect.appendTo(log.toFile()))
        .start();
  }

  void start() throws IOException {
    process = start(log, "serve", "-v", "--config", configuration.toString());
  }

  boolean alive() {
    return process != null && process.isAlive();
  }

  /** Exit code of the last process that ended. */
  int exitCode() {
    return process.exitValue();
  }

  /** Without warning (SIGKILL). */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /**
   * As an orchestrator does (SIGTERM).
   *
   * @return whether it ended by itself within the bound
   */
  boolean terminate(long seconds) throws InterruptedException {
    process.destroy();
    if (process.waitFor(seconds, TimeUnit.SECONDS)) {
      return true;
    }
    kill();
    return false;
  }
}
