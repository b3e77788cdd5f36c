package dev.cairn.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.sun.management.OperatingSystemMXBean;
import dev.cairn.runtime.onnx.OnnxSessions;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * What a run of a gradient graph needs, measured when it is compiled.
 *
 * @param rowsPerRun rows that one run should carry: beyond, a row gets no cheaper
 * @param millisPerRow time of a row in such a run, one thread
 * @param weightBytes memory of the weights as a session holds them, once a process
 * @param rowBytes memory of each row of a run, for each worker
 */
public record RunProfile(int rowsPerRun, double millisPerRow, long weightBytes, long rowBytes) {

  /** For graphs whose runs nobody has measured. */
  static final RunProfile UNKNOWN = new RunProfile(8, 0, 0, 0);

  private static final int[] SIZES = {1, 2, 4, 8, 16, 32};
  private static final double WORTHWHILE = 0.97;
  private static final double LONGEST_RUN_MILLIS = 2000;

  /** Memory that {@code workers} need for runs of {@link #rowsPerRun} rows beside the weights. */
  public long workspaceBytes(int workers) {
    return workers * rowBytes * rowsPerRun;
  }

  /**
   * The same with rows that no machine decides: where bits depend on the size of a run, it must be
   * the same wherever a model is compiled. A row of a large model takes seconds, and a run of
   * several would keep all of them waiting.
   *
   * @param large whether the weights stay in their file
   */
  RunProfile fixed(boolean large) {
    int rows = large ? 1 : UNKNOWN.rowsPerRun;
    return new RunProfile(rows, millisPerRow, weightBytes, rowBytes);
  }

  /**
   * Runs a graph with more and more rows, until a row gets no cheaper or memory would get short.
   *
   * @param rows at least as many as the largest run
   */
  static RunProfile measure(CompiledGradients gradients, List<GradientRow> rows)
      throws OrtException {
    long before = ResidentMemory.now();
    OrtSession session = gradients.openSession();
    try {
      return measure(gradients, session, rows, before);
    } finally {
      OnnxSessions.close(session);
    }
  }

  private static RunProfile measure(
      CompiledGradients gradients, OrtSession session, List<GradientRow> rows, long before)
      throws OrtException {
    Timing single = new Timing(gradients, session, rows, 1);
    Timing pair = new Timing(gradients, session, rows, 2);
    long rowBytes = Math.max(1, pair.peakBytes - single.peakBytes);
    long weightBytes = Math.max(0, single.peakBytes - before - rowBytes);
    Timing best = pair.millisPerRow < WORTHWHILE * single.millisPerRow ? pair : single;
    for (int size : SIZES) {
      boolean tooMuch = size * rowBytes > freeBytes() / 4 || size > rows.size();
      if (size <= 2 || tooMuch || best.millisPerRow * size > LONGEST_RUN_MILLIS) {
        continue;
      }
      Timing timing = new Timing(gradients, session, rows, size);
      rowBytes = Math.max(rowBytes, (timing.peakBytes - single.peakBytes) / (size - 1));
      if (timing.millisPerRow < WORTHWHILE * best.millisPerRow) {
        best = timing;
      }
    }
    return new RunProfile(best.size, best.millisPerRow, weightBytes, rowBytes);
  }

  private static long freeBytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getFreeMemorySize();
  }

  /** Some runs of one size: the fastest of three, and the memory held at most. */
  private static final class Timing {
    private static final int RUNS = 3;

    private final int size;
    private final double millisPerRow;
    private final long peakBytes;

    Timing(CompiledGradients gradients, OrtSession session, List<GradientRow> rows, int size)
        throws OrtException {
      this.size = size;
      GradientBatch batch = new GradientBatch(gradients, session, size);
      ResidentMemory.forgetPeak();
      batch.features(rows.subList(0, size));
      double fastest = Double.MAX_VALUE;
      for (int run = 0; run < RUNS; run++) {
        long start = System.nanoTime();
        batch.features(rows.subList(0, size));
        fastest = Math.min(fastest, (System.nanoTime() - start) / 1e6);
      }
      millisPerRow = fastest / size;
      peakBytes = ResidentMemory.peak();
    }
  }
}
