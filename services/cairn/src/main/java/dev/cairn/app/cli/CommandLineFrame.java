package dev.cairn.app.cli;

import dev.cairn.app.terminal.Console;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** Puts the commands together. */
public final class CommandLineFrame {

  private CommandLineFrame() {}

  /**
   * Runs one command in this process.
   *
   * @return 0 done, 1 failed, 2 usage
   */
  public static int run(Console console, String... arguments) {
    ErrorReport errors = new ErrorReport();
    CommandLine line =
        new CommandLine(new RootCommand(console))
            .setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8))
            .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8))
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler(errors)
            .setParameterExceptionHandler(errors);
    return line.execute(arguments);
  }
}
