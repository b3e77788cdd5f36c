package dev.cairn.attributor;

import dev.cairn.attribution.AttributionIndex;
import dev.cairn.attributor.events.EventCodec;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.Map;

/**
 * Turns features into attributions: scores every training example of the index that belongs to the
 * features' model, and names the strongest.
 *
 * <p>As many features are scored at once as there are workers. The attributions of one generation
 * (record key) come out in the order in which its features came in.
 */
public final class ScoringStage extends VerticleBase {
  private final ScoringOptions options;
  private final EventCodec codec;
  private final ScoringWork work;
  private final MeterRegistry meters;
  private final OpenTelemetry telemetry;
  private volatile StageStream stream;

  /**
   * @param indexes the indexes served, by the id of the bundle that their features come from; they
   *     stay the caller's to close, after this verticle is undeployed
   * @param telemetry traces records; {@link OpenTelemetry#noop()} passes trace headers on unchanged
   */
  public ScoringStage(
      ScoringOptions options,
      Map<String, AttributionIndex> indexes,
      MeterRegistry meters,
      OpenTelemetry telemetry) {
    this.options = options;
    this.codec = new EventCodec("/cairn/" + options.stream().stage(), options.payloadLimits());
    this.work = new ScoringWork(options, indexes, codec, meters);
    this.meters = meters;
    this.telemetry = telemetry;
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
