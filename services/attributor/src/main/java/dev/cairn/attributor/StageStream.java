package dev.cairn.attributor;

import dev.cairn.attributor.events.EventCodec;
import dev.cairn.streaming.RecordStream;
import dev.cairn.streaming.StreamOptions;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What a deployed stage runs: its stream, and the worker threads that its records begin on. */
final class StageStream {
  /** Vert.x reports a worker that is busy for longer; no honest record takes that long to begin. */
  private static final long LONGEST_BEGIN_SECONDS = 60;

  private final Vertx vertx;
  private final WorkerExecutor workers;
  private final RecordStream stream;
  private volatile StageState state = StageState.STARTING;

  StageStream(
      Vertx vertx,
      StreamOptions options,
      int workers,
      EventCodec codec,
      RecordPipeline.Work work,
      Duration deadline,
      MeterRegistry meters,
      OpenTelemetry telemetry) {
    this.vertx = vertx;
    this.workers =
        vertx.createSharedWorkerExecutor(
            "cairn-" + options.stage(), workers, LONGEST_BEGIN_SECONDS, TimeUnit.SECONDS);
    RecordTracing tracing = new RecordTracing(telemetry, options.stage());
    this.stream =
        new RecordStream(
            options, new RecordPipeline(codec, this.workers, work, deadline, tracing), meters);
  }

  Future<Void> start() {
    return vertx
        .executeBlocking(
            () -> {
              stream.start();
              return (Void) null;
            })
        .onSuccess(_ -> state = StageState.RUNNING)
        .onFailure(_ -> state = StageState.STOPPED);
  }

  /** Completes when what was in flight is finished and committed, within the stream's bound. */
  Future<Void> stop() {
    state = StageState.STOPPING;
    return Future.fromCompletionStage(stream.stop(), vertx.getOrCreateContext())
        .eventually(workers::close)
        .onComplete(_ -> state = StageState.STOPPED);
  }

  StageState state() {
    StageState now = state;
    return now == StageState.RUNNING && !stream.healthy() ? StageState.UNHEALTHY : now;
  }
}
