package dev.cairn.app.terminal;

import dev.cairn.attribution.Progress;
import java.text.DecimalFormat;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows long work on standard error: a bar with rate and time left on a terminal, otherwise a plain
 * line at the start, every few seconds and at the end.
 */
public final class ConsoleProgress implements Progress, AutoCloseable {

  private static final long LINE_INTERVAL_NANOS = Duration.ofSeconds(5).toNanos();

  private final Console console;
  private ProgressBar bar;
  private String current = "";
  private long startedNanos;
  private long startedAt;
  private long printedNanos;
  private boolean complete;

  public ConsoleProgress(Console console) {
    this.console = console;
  }

  /** For work whose parts are too short to show one by one: shows the whole under one name. */
  public Progress named(String whole) {
    return (_, done, total) -> update(whole, done, total);
  }

  /** Says that {@code done} of {@code total} units of {@code work} are done. Any thread. */
  @Override
  public void update(String work, long done, long total) {
    update(work, done, total, "");
  }

  /** The same with a few words on how it goes, for example a loss. */
  public synchronized void update(String work, long done, long total, String note) {
    String what = Character.toUpperCase(work.charAt(0)) + work.substring(1);
    if (!what.equals(current)) {
      close();
      begin(what, done, total);
    }
    if (bar != null) {
      bar.setExtraMessage(note);
      bar.stepTo(done);
      if (done >= total) {
        close();
      }
    } else {
      printLine(what, done, total, note.isEmpty() ? "" : ", " + note);
    }
  }

  private void begin(String what, long done, long total) {
    current = what;
    complete = false;
    startedAt = done;
    startedNanos = System.nanoTime();
    printedNanos = startedNanos - LINE_INTERVAL_NANOS;
    if (console.errIsTerminal()) {
      int width = Math.min(console.columns() - 1, 100);
      bar =
          new ProgressBarBuilder()
              .setTaskName(what)
              .setInitialMax(total)
              .startsFrom(done, Duration.ZERO)
              .setStyle(
                  ProgressBarStyle.builder()
                      .leftBracket("")
                      .rightBracket("")
                      .block('\u2501')
                      .space(' ')
                      .fractionSymbols(" \u2578")
                      .build())
              .setUpdateIntervalMillis(200)
              .showSpeed(new DecimalFormat("#,##0.#"))
              .setConsumer(new ConsoleProgressBarConsumer(console.err(), width))
              .build();
    }
  }

  private void printLine(String what, long done, long total, String note) {
    long now = System.nanoTime();
    boolean last = done >= total;
    if (complete || (!last && now - printedNanos < LINE_INTERVAL_NANOS)) {
      return;
    }
    printedNanos = now;
    complete = last;
    double seconds = (now - startedNanos) / 1e9;
    if (last) {
      console.err().printf("%s: %,d of %,d, %.1f s%s%n", what, done, total, seconds, note);
    } else if (done == startedAt || seconds < 1) {
      console.err().printf("%s: %,d of %,d%n", what, done, total);
    } else {
      // What was already done when the work was resumed says nothing of its speed.
      double rate = (done - startedAt) / seconds;
      console
          .err()
          .printf(
              "%s: %,d of %,d, %,.1f/s, %.0f s left%s%n",
              what, done, total, rate, (total - done) / rate, note);
    }
  }

  /** Ends the bar that is showing, if any. */
  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
