package dev.cairn.app.config;

/**
 * What both stages have.
 *
 * @param enabled whether this process runs the stage
 * @param group its consumer group; every process of one group shares the work
 * @param workers threads that compute; one a core unless told otherwise
 * @param recordsInFlight records that are worked on at once; reading pauses above either bound
 * @param bytesInFlight bytes of those records
 * @param deadlineSeconds a record that takes longer becomes a dead letter of class timeout
 * @param drainSeconds how long a stop or a rebalance waits for what is in flight
 */
public record StageSettings(
    boolean enabled,
    String group,
    int workers,
    int recordsInFlight,
    long bytesInFlight,
    int deadlineSeconds,
    int drainSeconds) {

  private static final int CORES = Runtime.getRuntime().availableProcessors();

  /** The stage as it runs unless told otherwise. */
  public static StageSettings defaults(String group) {
    return new StageSettings(true, group, CORES, 256, 64L << 20, 600, 30);
  }

  static StageSettings read(Section stage, String group) {
    StageSettings defaults = defaults(group);
    return new StageSettings(
        stage.flag("enabled", defaults.enabled()),
        stage.text("group", defaults.group()),
        stage.count("workers", defaults.workers(), 1, 1024),
        stage.count("records-in-flight", defaults.recordsInFlight(), 1, 1_000_000),
        stage.whole("bytes-in-flight", defaults.bytesInFlight(), 1, 1L << 40),
        stage.count("deadline-seconds", defaults.deadlineSeconds(), 1, 86_400),
        stage.count("drain-seconds", defaults.drainSeconds(), 0, 120));
  }
}
