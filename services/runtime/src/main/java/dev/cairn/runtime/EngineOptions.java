package dev.cairn.runtime;

/**
 * How a gradient engine uses the machine.
 *
 * @param workers threads that run the graph side by side, at least 1
 * @param maxRows rows that one run of the graph may carry, at least 1
 */
public record EngineOptions(int workers, int maxRows) {

  public EngineOptions {
    if (workers < 1 || maxRows < 1) {
      throw new IllegalArgumentException(
          "workers and maxRows must be at least 1, got " + workers + " and " + maxRows);
    }
  }

  /** One worker a core; 8 rows a run, where a row costs least on CPUs and latency stays low. */
  public static EngineOptions defaults() {
    return new EngineOptions(Runtime.getRuntime().availableProcessors(), 8);
  }

  /** One worker a core; as many rows a run as were fastest when the model was compiled. */
  public static EngineOptions of(CompiledGradients gradients) {
    return new EngineOptions(
        Runtime.getRuntime().availableProcessors(), gradients.manifest().run().rowsPerRun());
  }
}
