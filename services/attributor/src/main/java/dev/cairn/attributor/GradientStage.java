package dev.cairn.attributor;

import dev.cairn.attributor.events.EventCodec;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Turns generations into features: checks each step and each final image against its model, and has
 * the mean projected gradients computed that the scoring stage needs.
 *
 * <p>Many records are worked on at once, as many as the stream's flow limits allow, and their rows
 * share the gradient engine's micro-batches across records and partitions. The features of one
 * generation (record key) come out in the order in which its records came in.
 */
public final class GradientStage extends VerticleBase {
  private final GradientOptions options;
  private final EventCodec codec;
  private final GradientWork work;
  private final MeterRegistry meters;
  private final OpenTelemetry telemetry;
  private volatile StageStream stream;

  /**
   * @param models the models served, by the id that events name them with; they stay the caller's
   *     to close, after this verticle is undeployed
   * @param telemetry traces records; {@link OpenTelemetry#noop()} passes trace headers on unchanged
   */
  public GradientStage(
      GradientOptions options,
      Map<String, ServedModel> models,
      MeterRegistry meters,
      OpenTelemetry telemetry) {
    this.options = options;
    this.codec = new EventCodec("/cairn/" + options.stream().stage(), options.payloadLimits());
    this.work = new GradientWork(options, new GenerationReader(models), codec, meters);
    this.meters = meters;
    this.telemetry = telemetry;
  }

  /**
   * Serves these models instead, from now on, without a pause: records that were begun are finished
   * with the models that they were begun with.
   *
   * @return completes when nothing works with the models before any more, so that they can be
   *     closed
   */
  public CompletableFuture<Void> serve(Map<String, ServedModel> models) {
    return work.read(new GenerationReader(models));
  }

  @Override
  public Future<?> start() {
    stream =
        new StageStream(
            vertx,
            options.stream(),
            options.workers(),
            codec,
            work,
            options.deadline(),
            meters,
            telemetry);
    return stream.start();
  }

  @Override
  public Future<?> stop() {
    return stream.stop();
  }

  public StageState state() {
    StageStream deployed = stream;
    return deployed == null ? StageState.STARTING : deployed.state();
  }
}
