package dev.cairn.app.process;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns SIGINT and SIGTERM into an orderly stop: the JVM's shutdown waits, within a bound, until
 * whoever awaited the signal has closed what it holds.
 */
public final class StopSignal implements AutoCloseable {

  private static final long LONGEST_STOP_SECONDS = 150;

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch done = new CountDownLatch(1);

  private StopSignal() {}

  /** Starts to listen; {@link #close} says that the stop is complete. */
  public static StopSignal install() {
    StopSignal signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(new Thread(signal::stopAndWait, "cairn-stop"));
    return signal;
  }

  private void stopAndWait() {
    asked.countDown();
    try {
      done.await(LONGEST_STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns when the process is asked to stop. */
  public void await() {
    try {
      asked.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    done.countDown();
  }
}
