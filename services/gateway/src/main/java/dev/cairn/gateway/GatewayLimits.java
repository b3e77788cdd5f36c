package dev.cairn.gateway;

/**
 * Bounds of what a gateway holds, so that neither a busy topic nor a slow or greedy caller can
 * exhaust it.
 *
 * @param generations journeys in memory
 * @param journeyBytes their results' bytes
 * @param replayEvents events that a reconnecting reader can still be given
 * @param replayBytes their bytes
 * @param eventsBehind how many events a slow reader may be behind before it is disconnected; fewer
 *     than {@code replayEvents}, so that it can resume
 * @param subscribers open event streams
 * @param heartbeatMillis silence after which a stream gets a comment
 * @param publishing requests to publish that are worked on at once
 * @param publishingBytes their bodies' bytes
 * @param bodyBytes largest body
 * @param backlog records of each partition read at the start, so that a new gateway has something
 *     to show
 */
public record GatewayLimits(
    int generations,
    long journeyBytes,
    int replayEvents,
    long replayBytes,
    int eventsBehind,
    int subscribers,
    long heartbeatMillis,
    int publishing,
    long publishingBytes,
    int bodyBytes,
    int backlog) {

  public static final GatewayLimits DEFAULT =
      new GatewayLimits(
          500, 128L << 20, 8192, 64L << 20, 2048, 5000, 15_000, 64, 64L << 20, 16 << 20, 2000);

  public GatewayLimits {
    if (eventsBehind >= replayEvents) {
      throw new IllegalArgumentException(
          "eventsBehind (%d) must be less than replayEvents (%d), or a slow reader could not resume"
              .formatted(eventsBehind, replayEvents));
    }
  }
}
