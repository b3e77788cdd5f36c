package dev.cairn.gateway.live;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/**
 * One open event stream: a response and a position in the ring. Writes as much as the connection
 * takes; what it does not take yet stays in the ring, not in a queue. Event loop only.
 */
final class Follower {

  /** Events for one write. More would only delay the first of them. */
  private static final int CHUNK_BYTES = 64 << 10;

  /** What became of a reader after an attempt to write. */
  enum State {
    FOLLOWING,
    /** So slow that it must reconnect and resume. */
    TOO_FAR_BEHIND
  }

  private final HttpConnection connection;
  private final HttpServerResponse response;
  private final EventRing ring;
  private final String generationId;
  private final int mostBehind;
  private long position;
  private long lastWriteMillis;
  private long sent;

  /** One that resumes may begin further behind than it may fall; the ring alone bounds it. */
  private boolean catchingUp = true;

  /**
   * @param generationId whose events to send; null for all
   * @param position the first event to send
   */
  Follower(
      HttpServerRequest request,
      EventRing ring,
      String generationId,
      int mostBehind,
      long position) {
    this.connection = request.connection();
    this.response = request.response();
    this.ring = ring;
    this.generationId = generationId;
    this.mostBehind = mostBehind;
    this.position = position;
  }

  HttpConnection connection() {
    return connection;
  }

  HttpServerResponse response() {
    return response;
  }

  /** Sends what there is, as far as the connection takes it. */
  State pump(long nowMillis) {
    while (position < ring.end() && position >= ring.begin() && !response.writeQueueFull()) {
      Buffer chunk = nextChunk();
      if (chunk.length() > 0) {
        write(chunk, nowMillis);
      }
    }
    boolean far = ring.end() - position > mostBehind;
    catchingUp &= far;
    boolean behind = position < ring.begin() || (far && !catchingUp);
    return behind ? State.TOO_FAR_BEHIND : State.FOLLOWING;
  }

  private Buffer nextChunk() {
    Buffer chunk = Buffer.buffer();
    while (position < ring.end() && chunk.length() < CHUNK_BYTES) {
      LiveEvent event = ring.get(position++);
      if (generationId == null || generationId.equals(event.generationId())) {
        chunk.appendBuffer(event.frame());
        sent++;
      }
    }
    return chunk;
  }

  void write(Buffer frame, long nowMillis) {
    response.write(frame);
    lastWriteMillis = nowMillis;
  }

  /** When something was last written. */
  long lastWriteMillis() {
    return lastWriteMillis;
  }

  /** Events written since the last call. */
  long takeSent() {
    long taken = sent;
    sent = 0;
    return taken;
  }
}
