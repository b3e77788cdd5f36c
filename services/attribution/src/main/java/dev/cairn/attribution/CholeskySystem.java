package dev.cairn.attribution;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.chol.CholeskyDecompositionBlock_DDRM;

/** A symmetric positive definite matrix, factored as LLᵀ once and solved many times. */
final class CholeskySystem {
  private static final int BLOCK = 64;

  private final int size;

  /** L in the lower triangle, row-major, and Lᵀ mirrored into the upper, so both run along rows. */
  private final double[] factor;

  private CholeskySystem(int size, double[] factor) {
    this.size = size;
    this.factor = factor;
  }

  /**
   * Factors the matrix, overwriting it.
   *
   * @throws SingularException if it is not positive definite within rounding
   */
  static CholeskySystem factor(DMatrixRMaj matrix) throws SingularException {
    int size = matrix.numRows;
    double largest = 0;
    for (int i = 0; i < size; i++) {
      largest = Math.max(largest, matrix.data[i * size + i]);
    }
    CholeskyDecompositionBlock_DDRM cholesky = new CholeskyDecompositionBlock_DDRM(BLOCK);
    if (!(largest > 0) || !cholesky.decompose(matrix)) {
      throw new SingularException();
    }
    double[] factor = cholesky.getT().data;
    for (int i = 0; i < size; i++) {
      double pivot = factor[i * size + i] * factor[i * size + i];
      if (!(pivot > size * Math.ulp(largest))) {
        throw new SingularException();
      }
      for (int j = 0; j < i; j++) {
        factor[j * size + i] = factor[i * size + j];
      }
    }
    return new CholeskySystem(size, factor);
  }

  /**
   * Solves for many right-hand sides in place.
   *
   * @param x size rows, one column a right-hand side
   */
  void solve(double[][] x) {
    for (int i = 0; i < size; i++) {
      subtract(x, i, 0, i);
      divide(x[i], factor[i * size + i]);
    }
    for (int i = size - 1; i >= 0; i--) {
      subtract(x, i, i + 1, size);
      divide(x[i], factor[i * size + i]);
    }
  }

  /** x_i −= Σ_k factor(i, k) x_k over k in [from, to). */
  private void subtract(double[][] x, int i, int from, int to) {
    int row = i * size;
    int k = from;
    for (; k + 4 <= to; k += 4) {
      subtractFour(
          x[i],
          factor[row + k],
          x[k],
          factor[row + k + 1],
          x[k + 1],
          factor[row + k + 2],
          x[k + 2],
          factor[row + k + 3],
          x[k + 3]);
    }
    for (; k < to; k++) {
      subtractOne(x[i], factor[row + k], x[k]);
    }
  }

  private static void subtractFour(
      double[] sum,
      double a0,
      double[] x0,
      double a1,
      double[] x1,
      double a2,
      double[] x2,
      double a3,
      double[] x3) {
    for (int j = 0; j < sum.length; j++) {
      sum[j] = sum[j] - a0 * x0[j] - a1 * x1[j] - a2 * x2[j] - a3 * x3[j];
    }
  }

  private static void subtractOne(double[] sum, double a, double[] x) {
    for (int j = 0; j < sum.length; j++) {
      sum[j] -= a * x[j];
    }
  }

  private static void divide(double[] x, double divisor) {
    for (int j = 0; j < x.length; j++) {
      x[j] /= divisor;
    }
  }

  /** The matrix cannot be inverted. */
  static final class SingularException extends Exception {
    private static final long serialVersionUID = 1L;

    SingularException() {
      super("the matrix is singular");
    }
  }
}
