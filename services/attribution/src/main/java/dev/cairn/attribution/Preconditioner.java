package dev.cairn.attribution;

import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;

/**
 * Computes ψ_i = (ΦᵀΦ + λI)⁻¹ φ_i for all examples: in primal form, a K × K system with a
 * right-hand side an example, where K ≤ n; in dual form, Φᵀ(ΦΦᵀ + λI)⁻¹, an n × n system with a
 * right-hand side a feature, where K > n. Blocks of right-hand sides are solved in parallel and do
 * not touch each other, so threads change no bit.
 *
 * <p>Φ may be some columns of a matrix: one layer's, where each layer has a kernel of its own.
 */
final class Preconditioner {
  private static final int BLOCK = 128;

  private final MappedMatrix features;
  private final int first;
  private final int columns;
  private final boolean dual;
  private final int size;
  private final Progress progress;

  /**
   * @param first column
   * @param columns K
   */
  Preconditioner(MappedMatrix features, int first, int columns, Progress progress) {
    this.features = features;
    this.first = first;
    this.columns = columns;
    this.dual = columns > features.rows();
    this.size = Math.min(features.rows(), columns);
    this.progress = progress;
  }

  /** Whether {@link #kernel} is ΦΦᵀ and not ΦᵀΦ. */
  boolean dual() {
    return dual;
  }

  /** Columns of the kernel: min(n, K). */
  int size() {
    return size;
  }

  /**
   * Writes ψ.
   *
   * @param rescale whether to divide by the mean absolute entry of the inverse
   */
  void write(MatrixWriter writer, CholeskySystem system, boolean rescale) {
    double scale = rescale ? 1 / meanAbsoluteInverse(system) : 1;
    int sides = dual ? columns : features.rows();
    AtomicLong done = new AtomicLong();
    IntStream.range(0, Math.ceilDiv(sides, BLOCK))
        .parallel()
        .forEach(
            block -> {
              int start = block * BLOCK;
              int count = Math.min(BLOCK, sides - start);
              writeBlock(writer, system, scale, start, count);
              synchronized (progress) {
                progress.update("precondition", done.addAndGet(count), sides);
              }
            });
  }

  /** ΦᵀΦ or, in dual form, ΦΦᵀ. */
  DMatrixRMaj kernel() {
    requireMemory();
    int depth = dual ? columns : features.rows();
    AtomicLong done = new AtomicLong();
    return Gram.of(
        size,
        depth,
        dual ? this::columnPanel : this::rowPanel,
        () -> progress.update("kernel", Math.min(depth, done.addAndGet(Gram.PANEL_ROWS)), depth));
  }

  /** The mean non-trivial eigenvalue of ΦᵀΦ: its trace over min(n, K). */
  static double meanEigenvalue(DMatrixRMaj kernel) {
    double trace = 0;
    for (int i = 0; i < kernel.numRows; i++) {
      trace += kernel.data[i * kernel.numRows + i];
    }
    return trace / kernel.numRows;
  }

  /** Factors kernel + λI, overwriting the kernel. */
  static CholeskySystem factor(DMatrixRMaj kernel, double lambda)
      throws CholeskySystem.SingularException {
    for (int i = 0; i < kernel.numRows; i++) {
      kernel.data[i * kernel.numRows + i] += lambda;
    }
    return CholeskySystem.factor(kernel);
  }

  private void writeBlock(
      MatrixWriter writer, CholeskySystem system, double scale, int start, int count) {
    double[][] x = new double[size][count];
    float[] buffer = new float[Math.max(size, BLOCK)];
    if (dual) {
      columns(start, count, buffer, x);
    } else {
      for (int j = 0; j < count; j++) {
        features.part(start + j, first, buffer, columns);
        for (int i = 0; i < size; i++) {
          x[i][j] = buffer[i];
        }
      }
    }
    system.solve(x);
    if (dual) {
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < count; j++) {
          buffer[j] = (float) (scale * x[i][j]);
        }
        writer.put(i, first + start, buffer, count);
      }
    } else {
      for (int j = 0; j < count; j++) {
        for (int i = 0; i < size; i++) {
          buffer[i] = (float) (scale * x[i][j]);
        }
        writer.put(start + j, first, buffer, size);
      }
    }
  }

  private void rowPanel(int start, int count, double[][] panel) {
    float[] row = new float[size];
    for (int i = 0; i < count; i++) {
      features.part(start + i, first, row, columns);
      for (int j = 0; j < size; j++) {
        panel[i][j] = row[j];
      }
    }
  }

  private void columnPanel(int start, int count, double[][] panel) {
    float[] part = new float[count];
    for (int i = 0; i < size; i++) {
      features.part(i, first + start, part, count);
      for (int j = 0; j < count; j++) {
        panel[j][i] = part[j];
      }
    }
  }

  private void columns(int start, int count, float[] part, double[][] x) {
    for (int i = 0; i < size; i++) {
      features.part(i, first + start, part, count);
      for (int j = 0; j < count; j++) {
        x[i][j] = part[j];
      }
    }
  }

  private double meanAbsoluteInverse(CholeskySystem system) {
    if (dual) {
      throw new IndexException(
          "the mean absolute entry of the inverse needs at least as many examples (%d) as features"
                  .formatted(features.rows())
              + " (%d)".formatted(features.columns()));
    }
    double sum = 0;
    for (int start = 0; start < size; start += BLOCK) {
      int count = Math.min(BLOCK, size - start);
      double[][] x = new double[size][count];
      for (int j = 0; j < count; j++) {
        x[start + j][j] = 1;
      }
      system.solve(x);
      for (double[] row : x) {
        sum += DoubleStream.of(row).map(Math::abs).reduce(0, Double::sum);
      }
    }
    return sum / ((double) size * size);
  }

  private void requireMemory() {
    // The kernel twice: while it is accumulated and while it is factored.
    long bytes = 2L * size * size * Double.BYTES;
    long heap = Runtime.getRuntime().maxMemory();
    if (bytes > heap || (long) size * size > Integer.MAX_VALUE - 8) {
      throw new IndexException(
          "a kernel of %d × %d takes %d MB of %d MB of heap; give the JVM more (-Xmx) or use fewer"
                  .formatted(size, size, bytes >> 20, heap >> 20)
              + " features");
    }
  }
}
