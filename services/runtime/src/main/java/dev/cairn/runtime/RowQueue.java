package dev.cairn.runtime;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Rows waiting for a run of the graph, first come first served. A worker takes as many as fit one
 * run, whichever requests they belong to; it never waits for more, since rows gather by themselves
 * while all workers are busy and an idle worker should start at once.
 */
final class RowQueue {

  /** One waiting row: the request it belongs to and its position there. */
  record Waiting(MeanRequest request, int row) {}

  private final Deque<Waiting> rows = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private boolean closed;

  void add(MeanRequest request) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the gradient engine is closed");
      }
      for (int row = 0; row < request.size(); row++) {
        rows.add(new Waiting(request, row));
      }
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for rows; returns 1 to {@code max} of them, or none once the queue is closed. */
  List<Waiting> take(int max) {
    lock.lock();
    try {
      while (rows.isEmpty() && !closed) {
        arrived.awaitUninterruptibly();
      }
      List<Waiting> taken = new ArrayList<>(Math.min(max, rows.size()));
      while (taken.size() < max && !rows.isEmpty()) {
        taken.add(rows.poll());
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return rows.size();
    } finally {
      lock.unlock();
    }
  }

  /** Lets workers go; returns the rows that nobody will run any more. */
  List<Waiting> close() {
    lock.lock();
    try {
      closed = true;
      List<Waiting> left = List.copyOf(rows);
      rows.clear();
      arrived.signalAll();
      return left;
    } finally {
      lock.unlock();
    }
  }
}
