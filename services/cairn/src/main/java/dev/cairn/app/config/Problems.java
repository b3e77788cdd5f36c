package dev.cairn.app.config;

import java.util.ArrayList;
import java.util.List;

/** Everything that is wrong with a configuration, collected so that it can be mended in one go. */
final class Problems {

  private final List<String> found = new ArrayList<>();

  /** Adds a problem at {@code path}, for example {@code kafka.bootstrap-servers}. */
  void add(String path, String what) {
    found.add(path + ": " + what);
  }

  /**
   * @throws ConfigurationException with everything found in {@code source}, if anything was
   */
  void throwIfAny(String source) {
    if (!found.isEmpty()) {
      throw new ConfigurationException(source, found);
    }
  }
}
