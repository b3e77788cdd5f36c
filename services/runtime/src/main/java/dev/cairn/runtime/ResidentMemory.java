package dev.cairn.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** What this process holds in physical memory, as Linux counts it; 0 where nobody counts. */
public final class ResidentMemory {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path RESET = Path.of("/proc/self/clear_refs");

  private static final AtomicLong HIGHEST = new AtomicLong();

  private ResidentMemory() {}

  /** Returns the bytes held now. */
  public static long now() {
    return value("VmRSS:");
  }

  /** Returns the most bytes held since the start. */
  public static long highest() {
    return HIGHEST.accumulateAndGet(peak(), Math::max);
  }

  /** Returns the most bytes held since {@link #forgetPeak}. */
  static long peak() {
    return value("VmHWM:");
  }

  /** Lets the peak start anew; without effect where that is not allowed. */
  static void forgetPeak() {
    highest();
    try {
      Files.writeString(RESET, "5");
    } catch (IOException _) {
      // then the peak is that since the start: an estimate on the safe side
    }
  }

  private static long value(String key) {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(key)) {
          return Long.parseLong(line.replaceAll("\\D", "")) << 10;
        }
      }
    } catch (IOException _) {
      // not Linux
    }
    return 0;
  }
}
