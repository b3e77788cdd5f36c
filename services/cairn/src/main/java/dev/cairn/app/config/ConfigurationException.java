package dev.cairn.app.config;

import java.util.List;

/** A configuration that cannot be used; carries every problem, each with its path. */
public final class ConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String source;
  private final transient List<String> problems;

  ConfigurationException(String source, List<String> problems) {
    super(message(source, problems));
    this.source = source;
    this.problems = List.copyOf(problems);
  }

  /** Where the configuration was read from. */
  public String source() {
    return source;
  }

  /** One entry a problem: {@code path: what is wrong and how to mend it}. */
  public List<String> problems() {
    return problems;
  }

  private static String message(String source, List<String> problems) {
    return problems.size() == 1
        ? source + ": " + problems.getFirst()
        : source + ": " + problems.size() + " problems: " + String.join("; ", problems);
  }
}
