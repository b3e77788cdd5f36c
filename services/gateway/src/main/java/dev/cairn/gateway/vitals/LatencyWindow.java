package dev.cairn.gateway.vitals;

import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/** Latencies of one second. One thread only. */
final class LatencyWindow {

  private static final long LONGEST_MILLIS = 3_600_000;

  private final Histogram millis = new Histogram(LONGEST_MILLIS, 3);

  void record(long latencyMillis) {
    millis.recordValue(Math.clamp(latencyMillis, 0, LONGEST_MILLIS));
  }

  /** Percentiles since the last call, or empty if nothing was recorded. */
  Optional<JsonObject> take() {
    if (millis.getTotalCount() == 0) {
      return Optional.empty();
    }
    JsonObject percentiles =
        new JsonObject()
            .put("p50", millis.getValueAtPercentile(50))
            .put("p95", millis.getValueAtPercentile(95))
            .put("p99", millis.getValueAtPercentile(99))
            .put("max", millis.getMaxValue());
    millis.reset();
    return Optional.of(percentiles);
  }
}
