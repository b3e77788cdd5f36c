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

  List<String> found() {
    return List.copyOf(found);
  }
}
