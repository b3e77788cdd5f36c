package dev.cairn.app.cli;

import dev.cairn.app.CommandFailure;

/** Checks that picocli's types do not express. */
final class Arguments {

  private Arguments() {}

  static void requireAtLeastOne(String option, long value) {
    if (value < 1) {
      throw new CommandFailure("%s must be at least 1, not %d".formatted(option, value));
    }
  }
}
