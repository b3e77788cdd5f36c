package dev.cairn.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cairn.diffusion.NoiseBank;
import java.nio.file.Path;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Oracle O3: a model whose only parameter is the mean θ of the data, on data whose gradients g_i =
 * θ − x_i satisfy Σ g_i g_iᵀ = N I. Leaving example i out moves θ by g_i/(N−1), and the scores φ_q
 * (ΦᵀΦ)⁻¹ g_i = ⟨φ_q, g_i⟩/N say exactly that: the one oracle where scores have no error at all.
 */
class MeanModelOracleTest {
  private static final int D = 10;
  private static final int EXAMPLES = 60;

  @TempDir Path directory;

  private final double[][] data = new double[EXAMPLES][D];
  private final double[] mean = new double[D];
  private final float[][] gradients = new float[EXAMPLES][D];
  private final float[] output = new float[D];

  @BeforeEach
  void whiten() {
    // Given centred noise, times the inverse Cholesky factor of its covariance, off centre again
    DMatrixRMaj centred = new DMatrixRMaj(EXAMPLES, D);
    float[] row = new float[D];
    for (int i = 0; i < EXAMPLES; i++) {
      new NoiseBank(5).gaussian("data-" + i, 0, 0, row);
      for (int j = 0; j < D; j++) {
        centred.set(i, j, row[j] * (1 + j));
      }
    }
    DMatrixRMaj sums = new DMatrixRMaj(1, D);
    CommonOps_DDRM.sumCols(centred, sums);
    for (int i = 0; i < EXAMPLES; i++) {
      for (int j = 0; j < D; j++) {
        centred.add(i, j, -sums.get(j) / EXAMPLES);
      }
    }
    DMatrixRMaj covariance = new DMatrixRMaj(D, D);
    CommonOps_DDRM.multTransA(1.0 / EXAMPLES, centred, centred, covariance);
    var cholesky = DecompositionFactory_DDRM.chol(D, true);
    cholesky.decompose(covariance);
    DMatrixRMaj inverse = new DMatrixRMaj(D, D);
    CommonOps_DDRM.invert(cholesky.getT(null), inverse);
    DMatrixRMaj white = new DMatrixRMaj(EXAMPLES, D);
    CommonOps_DDRM.multTransB(centred, inverse, white);

    for (int j = 0; j < D; j++) {
      mean[j] = 3 - j;
      for (int i = 0; i < EXAMPLES; i++) {
        data[i][j] = mean[j] + white.get(i, j);
        gradients[i][j] = (float) -white.get(i, j);
      }
    }
    new NoiseBank(5).gaussian("output", 0, 0, output);
  }

  @Test
  void scores_are_leave_one_out_exactly() {
    float[] scores = scores(0);
    for (int i = 0; i < EXAMPLES; i++) {
      double truth = outputWithout(i) - output(mean);
      assertThat(scores[i] * EXAMPLES / (EXAMPLES - 1.0)).isEqualTo(truth, within(1e-7));
    }
  }

  @Test
  void a_relative_ridge_shrinks_all_scores_by_the_same_factor() {
    float[] exact = scores(0);
    float[] ridged = scores(0.5);
    for (int i = 0; i < EXAMPLES; i++) {
      assertThat(ridged[i] * 1.5).isEqualTo(exact[i], within(1e-7));
    }
  }

  private float[] scores(double relativeLambda) {
    KernelOptions options = new KernelOptions(KernelKind.FULL, relativeLambda);
    return Builds.scores(directory, gradients, options, output)[0];
  }

  /** Retrains without one example. */
  private double outputWithout(int example) {
    double[] retrained = new double[D];
    for (int i = 0; i < EXAMPLES; i++) {
      for (int j = 0; j < D && i != example; j++) {
        retrained[j] += data[i][j] / (EXAMPLES - 1);
      }
    }
    return output(retrained);
  }

  /** A linear output of the model, whose gradient is the query's feature. */
  private double output(double[] theta) {
    double sum = 0;
    for (int j = 0; j < D; j++) {
      sum += output[j] * theta[j];
    }
    return sum;
  }
}
