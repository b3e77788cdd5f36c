package dev.cairn.attribution;

import dev.cairn.diffusion.NoiseBank;

/**
 * The optimal denoiser of a mixture of low-rank Gaussians N(0, U_k U_kᵀ) with weights π_k (METHOD
 * section 8, O4): D(x) = √ᾱ Σ_k w_k U_k U_kᵀ x with w_k = softmax_k(log π_k + (d_k/2) log(1−ᾱ) +
 * ᾱ‖U_kᵀx‖²/(2(1−ᾱ))). Parameters are the U_k, in that order and row-major.
 */
final class SubspaceMixture {
  private final int dimension;
  private final double[][][] bases;

  /** Random orthonormal bases of these ranks. */
  SubspaceMixture(int dimension, int... ranks) {
    this.dimension = dimension;
    this.bases = new double[ranks.length][][];
    for (int k = 0; k < ranks.length; k++) {
      bases[k] = orthonormal(dimension, ranks[k], "basis-" + k);
    }
  }

  int parameters() {
    int count = 0;
    for (double[][] basis : bases) {
      count += dimension * basis[0].length;
    }
    return count;
  }

  int components() {
    return bases.length;
  }

  void shift(int parameter, double by) {
    int at = parameter;
    for (double[][] basis : bases) {
      int rank = basis[0].length;
      if (at < dimension * rank) {
        basis[at / rank][at % rank] += by;
        return;
      }
      at -= dimension * rank;
    }
  }

  /** A point of component k, with a little isotropic noise. */
  float[] sample(int k, String id) {
    int rank = bases[k][0].length;
    float[] noise = new float[rank + dimension];
    new NoiseBank(6).gaussian(id, 0, 0, noise);
    float[] image = new float[dimension];
    for (int j = 0; j < dimension; j++) {
      double value = 0.05 * noise[rank + j];
      for (int r = 0; r < rank; r++) {
        value += bases[k][j][r] * noise[r];
      }
      image[j] = (float) value;
    }
    return image;
  }

  float[] denoise(float[] x, double alphaBar) {
    double[] weights = weights(x, alphaBar);
    double[] out = new double[dimension];
    for (int k = 0; k < bases.length; k++) {
      double[] y = coordinates(k, x);
      for (int j = 0; j < dimension; j++) {
        for (int r = 0; r < y.length; r++) {
          out[j] += Math.sqrt(alphaBar) * weights[k] * bases[k][j][r] * y[r];
        }
      }
    }
    float[] denoised = new float[dimension];
    for (int j = 0; j < dimension; j++) {
      denoised[j] = (float) out[j];
    }
    return denoised;
  }

  /**
   * ∇⟨v, D(x)⟩ with v constant. With y_k = U_kᵀx, u_k = U_kᵀv, c_k = ⟨u_k, y_k⟩ and c̄ = Σ w_k c_k:
   * ∂/∂U_k = √ᾱ w_k [ (c_k − c̄) ᾱ/(1−ᾱ) x y_kᵀ + v y_kᵀ + x u_kᵀ ].
   */
  double[] gradient(float[] x, float[] v, double alphaBar) {
    double[] weights = weights(x, alphaBar);
    double[] c = new double[bases.length];
    double mean = 0;
    for (int k = 0; k < bases.length; k++) {
      double[] y = coordinates(k, x);
      double[] u = coordinates(k, v);
      for (int r = 0; r < y.length; r++) {
        c[k] += u[r] * y[r];
      }
      mean += weights[k] * c[k];
    }
    double[] gradient = new double[parameters()];
    int at = 0;
    for (int k = 0; k < bases.length; k++) {
      double[] y = coordinates(k, x);
      double[] u = coordinates(k, v);
      double gate = (c[k] - mean) * alphaBar / (1 - alphaBar);
      for (int j = 0; j < dimension; j++) {
        for (int r = 0; r < y.length; r++) {
          gradient[at++] =
              Math.sqrt(alphaBar) * weights[k] * (gate * x[j] * y[r] + v[j] * y[r] + x[j] * u[r]);
        }
      }
    }
    return gradient;
  }

  private double[] weights(float[] x, double alphaBar) {
    double[] weights = new double[bases.length];
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < bases.length; k++) {
      double square = 0;
      double[] y = coordinates(k, x);
      for (double value : y) {
        square += value * value;
      }
      weights[k] =
          y.length / 2.0 * Math.log(1 - alphaBar) + alphaBar * square / (2 * (1 - alphaBar));
      largest = Math.max(largest, weights[k]);
    }
    double total = 0;
    for (int k = 0; k < bases.length; k++) {
      weights[k] = Math.exp(weights[k] - largest);
      total += weights[k];
    }
    for (int k = 0; k < bases.length; k++) {
      weights[k] /= total;
    }
    return weights;
  }

  private double[] coordinates(int k, float[] x) {
    double[] y = new double[bases[k][0].length];
    for (int j = 0; j < dimension; j++) {
      for (int r = 0; r < y.length; r++) {
        y[r] += bases[k][j][r] * x[j];
      }
    }
    return y;
  }

  /** Gram–Schmidt on noise. */
  private static double[][] orthonormal(int dimension, int rank, String id) {
    double[][] basis = new double[dimension][rank];
    float[] noise = new float[dimension];
    for (int r = 0; r < rank; r++) {
      new NoiseBank(6).gaussian(id, 0, r, noise);
      for (int j = 0; j < dimension; j++) {
        basis[j][r] = noise[j];
      }
      for (int s = 0; s < r; s++) {
        double dot = dot(basis, r, s);
        for (int j = 0; j < dimension; j++) {
          basis[j][r] -= dot * basis[j][s];
        }
      }
      double norm = Math.sqrt(dot(basis, r, r));
      for (int j = 0; j < dimension; j++) {
        basis[j][r] /= norm;
      }
    }
    return basis;
  }

  private static double dot(double[][] basis, int r, int s) {
    double sum = 0;
    for (double[] row : basis) {
      sum += row[r] * row[s];
    }
    return sum;
  }
}
