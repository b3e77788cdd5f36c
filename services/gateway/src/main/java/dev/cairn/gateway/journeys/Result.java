package dev.cairn.gateway.journeys;

import dev.cairn.attributor.events.PayloadFormat;
import dev.cairn.schemas.v1.Attribution;
import io.vertx.core.buffer.Buffer;

/**
 * An attribution that has arrived.
 *
 * @param attribution complete, with its estimate and its mask
 * @param json canonical JSON without estimate and mask, which are shown as pictures instead
 * @param producedMillis when it was; milliseconds since the epoch
 */
public record Result(Attribution attribution, Buffer json, long producedMillis) {

  public static Result of(Attribution attribution, long producedMillis) {
    Attribution shown = attribution.toBuilder().clearEstimate().clearMask().build();
    return new Result(attribution, Buffer.buffer(PayloadFormat.JSON.write(shown)), producedMillis);
  }

  public String id() {
    return attribution.getResultId();
  }

  /** What it costs to keep. */
  long bytes() {
    return attribution.getSerializedSize() + (long) json.length();
  }
}
