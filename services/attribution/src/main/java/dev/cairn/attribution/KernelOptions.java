package dev.cairn.attribution;

/**
 * How the kernel is fitted.
 *
 * @param relativeLambda the ridge λ relative to tr(ΦᵀΦ)/min(n, K), the mean of the kernel's
 *     non-trivial eigenvalues; ignored by {@link KernelKind#IDENTITY}
 * @param rescale whether the inverse is divided by its mean absolute entry, as the reference of
 *     TRAK does; for comparison with it only
 */
public record KernelOptions(KernelKind kind, double relativeLambda, boolean rescale) {
  /** The ridge used where nothing else is said. */
  public static final double DEFAULT_RELATIVE_LAMBDA = 1.0;

  public KernelOptions {
    if (!(relativeLambda >= 0) || Double.isInfinite(relativeLambda)) {
      throw new IllegalArgumentException(
          "relative lambda is %s, must be zero or positive".formatted(relativeLambda));
    }
    if (rescale && kind != KernelKind.FULL) {
      throw new IllegalArgumentException("only the full kernel has an inverse to rescale");
    }
  }

  public KernelOptions(KernelKind kind, double relativeLambda) {
    this(kind, relativeLambda, false);
  }

  /** The full kernel with {@link #DEFAULT_RELATIVE_LAMBDA}. */
  public static KernelOptions defaults() {
    return new KernelOptions(KernelKind.FULL, DEFAULT_RELATIVE_LAMBDA);
  }
}
