package dev.cairn.attribution;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;

/**
 * Scores of many queries at one ridge after another, without an index for each: the kernel is made
 * once, factored once a ridge, and solved for the queries, of which there are fewer than examples.
 * The numbers are those of an index with the same options, up to the rounding of its rows to single
 * precision.
 */
public final class RidgeScores implements AutoCloseable {
  private static final int BLOCK = 128;

  private final MappedMatrix features;
  private final List<Layer> layers = new ArrayList<>();
  private List<Integer> widths = List.of();

  private RidgeScores(MappedMatrix features) {
    this.features = features;
  }

  /** Opens the finished features of a directory. */
  public static RidgeScores open(Path directory) {
    return new RidgeScores(MappedMatrix.open(new IndexFiles(directory).features()));
  }

  private record Layer(int first, int columns, Preconditioner form, DMatrixRMaj kernel) {}

  /**
   * @param queries query × K
   * @return query × example
   * @throws IndexException if the kernel is singular
   */
  public double[][] scores(float[][] queries, KernelOptions options) {
    double[][] scores = new double[queries.length][features.rows()];
    if (options.kind() == KernelKind.IDENTITY) {
      eachBlock(
          queries.length,
          (q, count) ->
              addProducts(scores, columns(queries, q, count, 0, features.columns()), q, 0));
      return scores;
    }
    for (Layer layer : layers(options)) {
      CholeskySystem system = factor(layer, options);
      eachBlock(queries.length, (q, count) -> add(scores, layer, system, queries, q, count));
    }
    return scores;
  }

  /**
   * h_ii = φ_iᵀ(ΦᵀΦ + λI)⁻¹φ_i of every example: how much of its own prediction an example decides.
   *
   * @throws IndexException if the kernel is singular
   */
  public double[] leverages(KernelOptions options) {
    double[] leverages = new double[features.rows()];
    for (Layer layer : layers(options)) {
      CholeskySystem system = factor(layer, options);
      eachBlock(
          leverages.length,
          (i, count) -> {
            float[][] rows = new float[count][];
            for (int j = 0; j < count; j++) {
              rows[j] = features.row(i + j);
            }
            double[][] own = new double[count][features.rows()];
            add(own, layer, system, rows, 0, count);
            for (int j = 0; j < count; j++) {
              leverages[i + j] += own[j][i + j];
            }
          });
    }
    return leverages;
  }

  /** The norm of every example's features. */
  public double[] norms() {
    return IntStream.range(0, features.rows())
        .mapToDouble(
            i -> {
              float[] row = features.row(i);
              return Math.sqrt(new InnerProduct(row).with(row));
            })
        .toArray();
  }

  private List<Layer> layers(KernelOptions options) {
    List<Integer> wanted = options.blocksOf(features.columns());
    if (!wanted.equals(widths)) {
      layers.clear();
      int first = 0;
      for (int columns : wanted) {
        Preconditioner form = new Preconditioner(features, first, columns, Progress.none());
        layers.add(new Layer(first, columns, form, form.kernel()));
        first += columns;
      }
      widths = wanted;
    }
    return layers;
  }

  private static CholeskySystem factor(Layer layer, KernelOptions options) {
    double lambda = options.relativeLambda() * Preconditioner.meanEigenvalue(layer.kernel());
    try {
      return Preconditioner.factor(layer.kernel().copy(), lambda);
    } catch (CholeskySystem.SingularException e) {
      throw new IndexException(
          "the kernel is singular at relative lambda %s; choose a larger one"
              .formatted(options.relativeLambda()),
          e);
    }
  }

  /** Works on queries [start, start + count). */
  private interface Body {
    void accept(int start, int count);
  }

  /** Blocks touch different rows, so that threads change no bit. */
  private static void eachBlock(int size, Body body) {
    IntStream.range(0, Math.ceilDiv(size, BLOCK))
        .parallel()
        .forEach(b -> body.accept(b * BLOCK, Math.min(BLOCK, size - b * BLOCK)));
  }

  /** Primal: Φ (ΦᵀΦ + λI)⁻¹ φ_q. Dual: (ΦΦᵀ + λI)⁻¹ Φ φ_q. */
  private void add(
      double[][] scores,
      Layer layer,
      CholeskySystem system,
      float[][] queries,
      int start,
      int count) {
    double[][] x = columns(queries, start, count, layer.first(), layer.columns());
    if (!layer.form().dual()) {
      system.solve(x);
      addProducts(scores, x, start, layer.first());
      return;
    }
    double[][] products = new double[features.rows()][count];
    for (int i = 0; i < products.length; i++) {
      product(x, i, layer.first(), products[i]);
    }
    system.solve(products);
    for (int i = 0; i < products.length; i++) {
      for (int q = 0; q < count; q++) {
        scores[start + q][i] += products[i][q];
      }
    }
  }

  /** Adds Φ x, with x K × count, to the scores of queries [start, start + count). */
  private void addProducts(double[][] scores, double[][] x, int start, int first) {
    int count = x[0].length;
    double[] products = new double[count];
    for (int i = 0; i < features.rows(); i++) {
      java.util.Arrays.fill(products, 0);
      product(x, i, first, products);
      for (int q = 0; q < count; q++) {
        scores[start + q][i] += products[q];
      }
    }
  }

  /** Adds φ_iᵀ x to {@code out}. */
  private void product(double[][] x, int i, int first, double[] out) {
    float[] row = new float[x.length];
    features.part(i, first, row, row.length);
    int k = 0;
    for (; k + 4 <= row.length; k += 4) {
      addFour(out, row[k], x[k], row[k + 1], x[k + 1], row[k + 2], x[k + 2], row[k + 3], x[k + 3]);
    }
    for (; k < row.length; k++) {
      for (int q = 0; q < out.length; q++) {
        out[q] += row[k] * x[k][q];
      }
    }
  }

  // Kept apart and small, so that the compiler vectorises it.
  private static void addFour(
      double[] sum,
      double a0,
      double[] x0,
      double a1,
      double[] x1,
      double a2,
      double[] x2,
      double a3,
      double[] x3) {
    for (int q = 0; q < sum.length; q++) {
      sum[q] = sum[q] + a0 * x0[q] + a1 * x1[q] + a2 * x2[q] + a3 * x3[q];
    }
  }

  /** Queries as columns: K × count. */
  private static double[][] columns(
      float[][] queries, int start, int count, int first, int columns) {
    double[][] x = new double[columns][count];
    for (int q = 0; q < count; q++) {
      for (int k = 0; k < columns; k++) {
        x[k][q] = queries[start + q][first + k];
      }
    }
    return x;
  }

  @Override
  public void close() {
    features.close();
  }
}
