package dev.cairn.attributor;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Lets results of one key out in the order in which their records came in, while the work itself
 * runs side by side. Results of different keys never wait for each other.
 *
 * <p>Why not chain the futures: dependents of a future run last-registered first, so that a
 * successor chained to its predecessor would be published before it. Here each result is completed,
 * and with it everything that hangs on it, before the next one is.
 *
 * @param <T> what a record becomes
 */
final class KeyedOrder<T> {
  private final Map<ByteBuffer, Line<T>> lines = new HashMap<>(); // guarded by this

  private static final class Line<T> {
    final ArrayDeque<Place<T>> places = new ArrayDeque<>();
    boolean releasing;
  }

  private record Place<T>(CompletableFuture<T> computed, CompletableFuture<T> released) {
    void release() {
      T result;
      try {
        result = computed.join();
      } catch (RuntimeException e) {
        released.completeExceptionally(e);
        return;
      }
      released.complete(result);
    }
  }

  /**
   * Takes a place in the key's line. Call in the order in which results shall come out.
   *
   * @param key null for a record without one, which waits for nobody
   * @param computed the record's own result
   * @return completes as {@code computed} does, once every earlier result of the key has
   */
  CompletionStage<T> inTurn(byte[] key, CompletionStage<T> computed) {
    if (key == null) {
      return computed;
    }
    ByteBuffer name = ByteBuffer.wrap(key);
    var place = new Place<>(computed.toCompletableFuture(), new CompletableFuture<T>());
    synchronized (this) {
      lines.computeIfAbsent(name, _ -> new Line<>()).places.add(place);
    }
    computed.whenComplete((_, _) -> releaseReady(name));
    return place.released();
  }

  /** Number of keys with results under way. */
  synchronized int size() {
    return lines.size();
  }

  private void releaseReady(ByteBuffer name) {
    // Outside the lock, because releasing runs the publisher; one thread a line, or two results
    // could overtake each other between the lock and the publisher.
    for (Place<T> next = beginRelease(name); next != null; next = beginRelease(name)) {
      try {
        next.release();
      } finally {
        endRelease(name);
      }
    }
  }

  private synchronized Place<T> beginRelease(ByteBuffer name) {
    Line<T> line = lines.get(name);
    if (line == null || line.releasing || !line.places.getFirst().computed().isDone()) {
      return null;
    }
    line.releasing = true;
    return line.places.removeFirst();
  }

  private synchronized void endRelease(ByteBuffer name) {
    Line<T> line = lines.get(name);
    line.releasing = false;
    if (line.places.isEmpty()) {
      lines.remove(name);
    }
  }
}
