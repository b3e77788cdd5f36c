package dev.cairn.attributor;

import dev.cairn.attribution.AttributionIndex;
import dev.cairn.attributor.events.EventCodec;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

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

  /**
   * Serves these indexes instead, from now on, without a pause.
   *
   * @param indexes by model, the newest first. Features that were computed for an older one, which
   *     may still be on their way when a newer one comes, are scored with that.
   * @return completes when nothing reads the indexes before any more, so that those which are not
   *     among the new ones can be closed
   */
  public CompletableFuture<Void> serve(Map<String, List<AttributionIndex>> indexes) {
    return work.score(indexes);
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
