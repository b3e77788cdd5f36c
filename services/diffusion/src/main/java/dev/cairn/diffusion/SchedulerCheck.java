package dev.cairn.diffusion;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Collects the problems of a scheduler configuration, so that all are reported at once. */
final class SchedulerCheck {
  private final List<String> problems = new ArrayList<>();

  void that(boolean holds, String problem) {
    if (!holds) {
      problems.add(problem);
    }
  }

  void parses(String key, String value, Consumer<String> parser) {
    if (value == null) {
      problems.add(key + " is missing");
      return;
    }
    try {
      parser.accept(value);
    } catch (IllegalArgumentException e) {
      problems.add(key + ": " + e.getMessage());
    }
  }

  void report() {
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("scheduler configuration: " + String.join("; ", problems));
    }
  }
}
