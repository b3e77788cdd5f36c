package dev.cairn.attributor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Gives up what is not finished within a fixed time.
 *
 * <p>One timer for all: who began first is late first. A timer for each would be set and cancelled,
 * and so a thread woken twice, for every record that is in time.
 *
 * @param <T> what is awaited
 */
final class Deadline<T> {
  private final Duration length;
  private final Supplier<T> late;

  /** Unfinished, with when they are late ({@link System#nanoTime}), earliest first. */
  private final Map<CompletableFuture<T>, Long> awaited = new LinkedHashMap<>(); // guarded by this

  private boolean timing; // guarded by this

  /**
   * @param late what the late are completed with
   */
  Deadline(Duration length, Supplier<T> late) {
    this.length = length;
    this.late = late;
  }

  /**
   * Sees to it that this future completes in time, one way or the other.
   *
   * @return the same future
   */
  CompletableFuture<T> bound(CompletableFuture<T> begun) {
    synchronized (this) {
      awaited.put(begun, System.nanoTime() + length.toNanos());
      if (!timing) {
        timing = true;
        expireAfter(length.toNanos());
      }
    }
    begun.whenComplete((_, _) -> forget(begun));
    return begun;
  }

  private synchronized void forget(CompletableFuture<T> finished) {
    awaited.remove(finished);
  }

  private void expire() {
    // Outside the lock, because completing runs what hangs on it.
    takeLate().forEach(future -> future.complete(late.get()));
  }

  private synchronized List<CompletableFuture<T>> takeLate() {
    List<CompletableFuture<T>> taken = new ArrayList<>();
    timing = false;
    for (Map.Entry<CompletableFuture<T>, Long> next : awaited.entrySet()) {
      long left = next.getValue() - System.nanoTime();
      if (left > 0) {
        timing = true;
        expireAfter(left);
        break;
      }
      taken.add(next.getKey());
    }
    taken.forEach(awaited::remove);
    return taken;
  }

  private void expireAfter(long nanos) {
    CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS).execute(this::expire);
  }
}
