package dev.cairn.app;

import dev.cairn.app.cli.CommandLineFrame;
import dev.cairn.app.terminal.Console;

/** Entry point of the process that {@code deploy/cairn} starts. */
public final class Cairn {

  private Cairn() {}

  /** Runs one command and ends the process with its exit code: 0 done, 1 failed, 2 usage. */
  public static void main(String[] arguments) {
    int code = CommandLineFrame.run(Console.ofProcess(), arguments);
    System.out.flush();
    System.err.flush();
    // Native libraries and clients may have left non-daemon threads behind; the work is done.
    System.exit(code);
  }
}
