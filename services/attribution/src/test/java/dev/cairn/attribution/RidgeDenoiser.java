package dev.cairn.attribution;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;

/**
 * The best linear denoiser D(x) = Wx of a weighted training set at one noise level, with ridge ν,
 * in closed form (METHOD section 8, O2): S = Σ m_i x_i x_iᵀ, A = ᾱS + ((1−ᾱ)Σm_i + ν)I, W = √ᾱ S
 * A⁻¹. Retraining takes microseconds, so its effect is known exactly.
 */
final class RidgeDenoiser {
  private final double alphaBar;
  private final DMatrixRMaj a;
  private final DMatrixRMaj w;

  /**
   * @param second S, the weighted second moment of the images
   * @param mass Σm_i
   */
  RidgeDenoiser(DMatrixRMaj second, double mass, double alphaBar, double ridge) {
    this.alphaBar = alphaBar;
    this.a = second.copy();
    CommonOps_DDRM.scale(alphaBar, a);
    for (int i = 0; i < a.numRows; i++) {
      a.add(i, i, (1 - alphaBar) * mass + ridge);
    }
    DMatrixRMaj inverse = new DMatrixRMaj(a.numRows, a.numRows);
    CommonOps_DDRM.invert(a, inverse);
    this.w = new DMatrixRMaj(a.numRows, a.numRows);
    CommonOps_DDRM.mult(Math.sqrt(alphaBar), second, inverse, w);
  }

  /** E_ε ‖D(√ᾱ x + √(1−ᾱ) ε) − x‖². */
  double loss(double[] image) {
    int d = image.length;
    double sum = 0;
    for (int i = 0; i < d; i++) {
      double denoised = 0;
      for (int j = 0; j < d; j++) {
        denoised += Math.sqrt(alphaBar) * w.get(i, j) * image[j];
        sum += (1 - alphaBar) * w.get(i, j) * w.get(i, j);
      }
      sum += (denoised - image[i]) * (denoised - image[i]);
    }
    return sum;
  }

  /** G = 2[W(ᾱ x xᵀ + (1−ᾱ)I) − √ᾱ x xᵀ], the gradient of {@link #loss} by W. */
  DMatrixRMaj gradient(double[] image) {
    int d = image.length;
    DMatrixRMaj outer = outer(image);
    DMatrixRMaj inner = outer.copy();
    CommonOps_DDRM.scale(alphaBar, inner);
    for (int i = 0; i < d; i++) {
      inner.add(i, i, 1 - alphaBar);
    }
    DMatrixRMaj gradient = new DMatrixRMaj(d, d);
    CommonOps_DDRM.mult(w, inner, gradient);
    CommonOps_DDRM.addEquals(gradient, -Math.sqrt(alphaBar), outer);
    CommonOps_DDRM.scale(2, gradient);
    return gradient;
  }

  /** 2(W x_t − x) x_tᵀ, whose mean over the noise is {@link #gradient}. */
  DMatrixRMaj sampledGradient(double[] image, float[] noise) {
    int d = image.length;
    DMatrixRMaj noised = new DMatrixRMaj(d, 1);
    for (int j = 0; j < d; j++) {
      noised.set(j, 0, Math.sqrt(alphaBar) * image[j] + Math.sqrt(1 - alphaBar) * noise[j]);
    }
    DMatrixRMaj error = new DMatrixRMaj(d, 1);
    CommonOps_DDRM.mult(w, noised, error);
    for (int j = 0; j < d; j++) {
      error.add(j, 0, -image[j]);
    }
    DMatrixRMaj gradient = new DMatrixRMaj(d, d);
    CommonOps_DDRM.multTransB(2, error, noised, gradient);
    return gradient;
  }

  /**
   * G L⁻ᵀ/√2 with A = LLᵀ. Inner products of two of these are ½⟨G_q, G_i A⁻¹⟩ = −⟨G_q, dW/dm_i⟩:
   * what leaving the example out adds to the query's loss, to first order.
   */
  float[] influenceFeature(double[] image) {
    var cholesky = DecompositionFactory_DDRM.chol(a.numRows, true);
    cholesky.decompose(a.copy());
    DMatrixRMaj inverse = new DMatrixRMaj(a.numRows, a.numRows);
    CommonOps_DDRM.invert(cholesky.getT(null), inverse);
    DMatrixRMaj feature = new DMatrixRMaj(a.numRows, a.numRows);
    CommonOps_DDRM.multTransB(Math.sqrt(0.5), gradient(image), inverse, feature);
    return floats(feature);
  }

  static DMatrixRMaj outer(double[] image) {
    DMatrixRMaj column = DMatrixRMaj.wrap(image.length, 1, image.clone());
    DMatrixRMaj outer = new DMatrixRMaj(image.length, image.length);
    CommonOps_DDRM.multTransB(column, column, outer);
    return outer;
  }

  static float[] floats(DMatrixRMaj matrix) {
    float[] floats = new float[matrix.data.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) matrix.data[i];
    }
    return floats;
  }
}
