package dev.cairn.app.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A program or file that {@code .ci/install-tools} brings. */
final class Tool {

  private static final Path TOOLS = Path.of("../../.ci/tools");

  private Tool() {}

  /** Skips the test where it is not installed, unless CI demands it. */
  static Path at(String place) {
    Path tool = TOOLS.resolve(place).toAbsolutePath().normalize();
    if (!Files.exists(tool)) {
      String missing = tool.getFileName() + " is not installed (.ci/install-tools)";
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError(missing + ", which CI=true demands");
      }
      Assumptions.abort(missing);
    }
    return tool;
  }

  /** What a program says, which must end well. */
  static String run(Object program, Object... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Process started = new ProcessBuilder(command).redirectErrorStream(true).start();
    started.getOutputStream().close();
    String said = new String(started.getInputStream().readAllBytes(), UTF_8);
    assertThat(started.waitFor()).as(said).isZero();
    return said;
  }
}
