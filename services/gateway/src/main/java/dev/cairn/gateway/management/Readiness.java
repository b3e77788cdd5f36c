package dev.cairn.gateway.management;

import java.util.Map;

/** What keeps a process from its work. Asked on an event loop, so it must answer at once. */
@FunctionalInterface
public interface Readiness {

  /** Why each part that is not ready is not; empty when everything is. */
  Map<String, String> problems();
}
