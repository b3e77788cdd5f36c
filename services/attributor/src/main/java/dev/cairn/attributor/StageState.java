package dev.cairn.attributor;

/** Where a stage stands; what readiness is made of. */
public enum StageState {
  /** Deployed, not yet reading. */
  STARTING,
  /** Reading, and its stream is healthy. */
  RUNNING,
  /** Deployed, but its stream cannot do its work at present (broker away, publishing fails). */
  UNHEALTHY,
  /** Draining what is in flight. */
  STOPPING,
  STOPPED
}
