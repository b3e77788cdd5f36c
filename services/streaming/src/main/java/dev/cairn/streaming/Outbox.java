package dev.cairn.streaming;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends that wait for others to go along, and the thread that does them in their order. That thread
 * is woken twice for a group and no more: when its first send comes, and when it is time. A timer's
 * thread would be woken a third time, for a group that has gone.
 *
 * <p>Safe for any thread.
 */
final class Outbox implements AutoCloseable {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread sender;
  private List<Runnable> gathered = new ArrayList<>(); // guarded by lock
  private long due; // guarded by lock, and of no meaning where nothing is gathered
  private boolean closed; // guarded by lock

  Outbox(String thread) {
    sender = Thread.ofPlatform().daemon().name(thread).start(this::sendGroups);
  }

  /**
   * Adds sends to the group that is gathering. It goes when the first of its members must, and at
   * once where that many are together; after {@link #close} it does not go at all.
   *
   * @param waitNanos how long these may wait at most
   * @param many so many do not wait for more
   */
  void add(List<Runnable> sends, long waitNanos, int many) {
    lock.lock();
    try {
      boolean first = gathered.isEmpty();
      gathered.addAll(sends);
      long now = System.nanoTime();
      long must = gathered.size() >= many ? now : now + waitNanos;
      if (first || must - due < 0) {
        due = must;
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private void sendGroups() {
    try {
      for (List<Runnable> group = take(); !group.isEmpty(); group = take()) {
        group.forEach(Runnable::run);
      }
    } catch (InterruptedException _) {
      // Closed.
    }
  }

  /** Waits for a group whose time has come; none once this is closed. */
  private List<Runnable> take() throws InterruptedException {
    lock.lock();
    try {
      while (!closed) {
        if (gathered.isEmpty()) {
          changed.await();
          continue;
        }
        long left = due - System.nanoTime();
        if (left <= 0) {
          List<Runnable> group = gathered;
          gathered = new ArrayList<>();
          return group;
        }
        changed.awaitNanos(left);
      }
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  /** Sends no more; one that blocks is interrupted. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    sender.interrupt();
  }
}
