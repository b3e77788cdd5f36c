package dev.cairn.gateway.vitals;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;

/** What the stages' own meters tell, where the stages run in this process. */
final class PipelineMeters {

  private final MeterRegistry registry;
  private double busySeconds = Double.NaN;
  private long busyNanos;

  PipelineMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  void addTo(JsonObject sample) {
    addByStage(sample, "lagRecords", "cairn.stream.lag.records");
    addByStage(sample, "lagSeconds", "cairn.stream.lag.seconds");
    addBusy(sample);
  }

  private void addByStage(JsonObject sample, String name, String meter) {
    JsonObject stages = new JsonObject();
    for (Gauge gauge : registry.find(meter).gauges()) {
      double value = gauge.value();
      if (Double.isFinite(value)) {
        stages.put(gauge.getId().getTag("stage"), value);
      }
    }
    if (!stages.isEmpty()) {
      sample.put(name, stages);
    }
  }

  /** Time of runs that ended since the last sample, over the time since then. */
  private void addBusy(JsonObject sample) {
    var timers = registry.find("cairn.gradient.run.seconds").timers();
    if (timers.isEmpty()) {
      return;
    }
    double seconds = timers.stream().mapToDouble(PipelineMeters::seconds).sum();
    long now = System.nanoTime();
    if (Double.isFinite(busySeconds)) {
      sample.put("engineBusy", (seconds - busySeconds) * 1e9 / Math.max(1, now - busyNanos));
    }
    busySeconds = seconds;
    busyNanos = now;
  }

  private static double seconds(Timer timer) {
    return timer.totalTime(TimeUnit.SECONDS);
  }
}
