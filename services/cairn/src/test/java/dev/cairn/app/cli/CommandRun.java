package dev.cairn.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.app.terminal.Console;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Arrays;

/**
 * One command, run in this process.
 *
 * @param code exit code
 * @param out standard output
 * @param err standard error
 */
record CommandRun(int code, String out, String err) {

  static CommandRun of(Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        CommandLineFrame.run(
            Console.plain(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8)),
            Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
    return new CommandRun(code, out.toString(UTF_8), err.toString(UTF_8));
  }

  /** Holds that the command did what it was asked. */
  CommandRun succeeded() {
    assertThat(code).as(err).isZero();
    return this;
  }

  /** Holds that the command failed with a last line that says all of {@code parts}. */
  void failedSaying(String... parts) {
    assertThat(code).as(err).isEqualTo(1);
    String last = err.lines().reduce((_, line) -> line).orElse("");
    assertThat(last).startsWith("cairn: ").contains(parts).doesNotContain("unexpected");
  }
}
