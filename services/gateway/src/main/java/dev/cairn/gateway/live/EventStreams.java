package dev.cairn.gateway.live;

import dev.cairn.gateway.GatewayLimits;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Server-sent events to any number of readers, from one event loop and without a thread or a queue
 * each.
 *
 * <p>A reader that is further behind than allowed is told so and disconnected; it resumes from the
 * ring with the id of the last event that reached it, without a gap or a duplicate.
 */
public final class EventStreams {

  private static final int RETRY_MILLIS = 1000;

  /** How long a stalled connection may take to receive its farewell. */
  private static final long FAREWELL_MILLIS = 5000;

  private static final Buffer HEARTBEAT = Buffer.buffer(":\n\n");

  private final Vertx vertx;
  private final GatewayLimits limits;
  private final StreamMeters meters;
  private final String run = Long.toHexString(System.nanoTime() ^ System.currentTimeMillis());
  private final EventRing ring;
  private final Set<Follower> followers = new LinkedHashSet<>();

  public EventStreams(Vertx vertx, GatewayLimits limits, StreamMeters meters) {
    this.vertx = vertx;
    this.limits = limits;
    this.meters = meters;
    this.ring = new EventRing(limits.replayEvents(), limits.replayBytes());
    vertx.setPeriodic(Math.max(1, limits.heartbeatMillis() / 3), _ -> heartbeat());
  }

  /** Tells everyone who follows the generation, once {@link #flush} is called. */
  public void append(String event, String generationId, Buffer data) {
    ring.append(
        number ->
            new LiveEvent(
                generationId,
                Buffer.buffer("id: " + new EventId(run, number) + "\nevent: " + event + "\ndata: ")
                    .appendBuffer(data)
                    .appendString("\n\n")));
  }

  /** Sends what was appended. */
  public void flush() {
    List.copyOf(followers).forEach(this::pump);
  }

  /** Whether another reader can be served. */
  public boolean hasRoom() {
    return followers.size() < limits.subscribers();
  }

  public int count() {
    return followers.size();
  }

  /**
   * Answers a request with a stream.
   *
   * @param generationId whose events to send; null for all
   * @param lastEventId as the client sent it, if it did
   */
  public void follow(HttpServerRequest request, String generationId, Optional<String> lastEventId) {
    HttpServerResponse response = request.response();
    OptionalLong resumed =
        lastEventId.flatMap(EventId::parse).map(this::next).orElseGet(OptionalLong::empty);
    long fresh = generationId == null ? ring.end() : ring.begin();
    long position = resumed.orElse(lastEventId.isPresent() ? ring.end() : fresh);
    Follower follower = new Follower(request, ring, generationId, limits.eventsBehind(), position);
    response
        .setChunked(true)
        .putHeader("Content-Type", "text/event-stream")
        .putHeader("Cache-Control", "no-store")
        // Its end is the connection's end, also for a peer that is slow to notice.
        .putHeader("Connection", "close")
        .putHeader("X-Accel-Buffering", "no");
    response.drainHandler(_ -> pump(follower));
    response.closeHandler(_ -> remove(follower));
    response.exceptionHandler(_ -> remove(follower));
    // The id alone: a client that is cut off before its first event resumes from here.
    Buffer greeting =
        Buffer.buffer(
            "retry: %d\nid: %s\n\n".formatted(RETRY_MILLIS, new EventId(run, position - 1)));
    if (lastEventId.isPresent() && resumed.isEmpty()) {
      greeting.appendBuffer(
          notice("reset", "Events since the given id are not here; load what is missing."));
    }
    followers.add(follower);
    meters.opened();
    follower.write(greeting, System.currentTimeMillis());
    pump(follower);
  }

  private OptionalLong next(EventId id) {
    return id.next(run, ring);
  }

  private void pump(Follower follower) {
    if (!followers.contains(follower)) {
      return;
    }
    Follower.State state = follower.pump(System.currentTimeMillis());
    meters.sent(follower.takeSent());
    if (state == Follower.State.TOO_FAR_BEHIND) {
      disconnect(
          follower,
          "behind",
          "More than %d events behind; reconnect to resume.".formatted(limits.eventsBehind()));
    }
  }

  private void heartbeat() {
    long now = System.currentTimeMillis();
    for (Follower follower : new ArrayList<>(followers)) {
      long silent = now - follower.lastWriteMillis();
      boolean stalled = follower.response().writeQueueFull();
      if (stalled && silent > 4 * limits.heartbeatMillis()) {
        disconnect(follower, "stalled", "The connection takes no data; reconnect to resume.");
      } else if (!stalled && silent >= limits.heartbeatMillis()) {
        follower.write(HEARTBEAT, now);
      }
    }
  }

  /** Ends all streams, so that clients turn to another gateway. */
  public void close() {
    List.copyOf(followers)
        .forEach(follower -> disconnect(follower, "closing", "This gateway is stopping."));
  }

  private void disconnect(Follower follower, String event, String reason) {
    remove(follower);
    meters.disconnected(event);
    HttpConnection connection = follower.connection();
    long timer = vertx.setTimer(FAREWELL_MILLIS, _ -> connection.close());
    follower
        .response()
        .end(notice(event, reason))
        .onComplete(
            _ -> {
              vertx.cancelTimer(timer);
              connection.close();
            });
  }

  private void remove(Follower follower) {
    if (followers.remove(follower)) {
      meters.closed();
    }
  }

  /** An event without an id, so that it does not move the point from which a client resumes. */
  private static Buffer notice(String event, String reason) {
    return Buffer.buffer(
        "event: %s\ndata: %s\n\n"
            .formatted(event, new JsonObject().put("reason", reason).encode()));
  }
}
