package dev.cairn.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A program that {@code .ci/install-tools} installs. */
final class Tool {

  private final Path program;

  private Tool(Path program) {
    this.program = program;
  }

  /** Skips the test where the program is not installed, unless CI demands it. */
  static Tool at(String place) {
    Path program = Path.of("../../.ci/tools", place).toAbsolutePath().normalize();
    if (!Files.isExecutable(program)) {
      String missing = program.getFileName() + " is not installed (.ci/install-tools)";
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError(missing + ", which CI=true demands");
      }
      Assumptions.abort(missing);
    }
    return new Tool(program);
  }

  /** Runs it to its end; what it says is the message if it ends badly. */
  void succeeds(Path directory, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    Process started =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    started.getOutputStream().close();
    String said = new String(started.getInputStream().readAllBytes(), UTF_8);
    assertThat(started.waitFor()).as(said).isZero();
  }
}
