package dev.cairn.attribution;

import java.util.List;

/**
 * How the kernel is fitted.
 *
 * @param relativeLambda the ridge λ relative to tr(ΦᵀΦ)/min(n, K), the mean of the kernel's
 *     non-trivial eigenvalues, of each block for itself; ignored by {@link KernelKind#IDENTITY}
 * @param rescale whether the inverse is divided by its mean absolute entry, as the reference of
 *     TRAK does; for comparison with it only
 * @param blocks how many features each layer has, in their order; of {@link KernelKind#BLOCK} only
 */
public record KernelOptions(
    KernelKind kind, double relativeLambda, boolean rescale, List<Integer> blocks) {
  /** The ridge used where nothing else is said. */
  public static final double DEFAULT_RELATIVE_LAMBDA = 1.0;

  public KernelOptions {
    blocks = List.copyOf(blocks);
    if (!(relativeLambda >= 0) || Double.isInfinite(relativeLambda)) {
      throw new IllegalArgumentException(
          "relative lambda is %s, must be zero or positive".formatted(relativeLambda));
    }
    if (rescale && kind != KernelKind.FULL) {
      throw new IllegalArgumentException("only the full kernel has an inverse to rescale");
    }
    if (kind != KernelKind.BLOCK && !blocks.isEmpty()) {
      throw new IllegalArgumentException("only the block kernel has blocks");
    }
  }

  public KernelOptions(KernelKind kind, double relativeLambda, boolean rescale) {
    this(kind, relativeLambda, rescale, List.of());
  }

  public KernelOptions(KernelKind kind, double relativeLambda) {
    this(kind, relativeLambda, false);
  }

  /** The full kernel with {@link #DEFAULT_RELATIVE_LAMBDA}. */
  public static KernelOptions defaults() {
    return new KernelOptions(KernelKind.FULL, DEFAULT_RELATIVE_LAMBDA);
  }

  /** The same, with the layers of a model where the kernel is made of blocks. */
  public KernelOptions withLayers(List<Integer> widths) {
    return kind == KernelKind.BLOCK
        ? new KernelOptions(kind, relativeLambda, rescale, widths)
        : this;
  }

  /**
   * The blocks of a feature vector: the layers', or one.
   *
   * @param dimension K
   * @throws IndexException if the blocks do not add up to it
   */
  List<Integer> blocksOf(int dimension) {
    if (kind != KernelKind.BLOCK) {
      return List.of(dimension);
    }
    if (blocks.stream().mapToInt(Integer::intValue).sum() != dimension) {
      throw new IndexException(
          "the blocks %s do not add up to %d features; compile the bundle again"
              .formatted(blocks, dimension));
    }
    return blocks;
  }
}
