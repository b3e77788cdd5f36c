package dev.cairn.gradients;

/** What becomes of a row's parameter gradient inside the graph (the method's projection P). */
public sealed interface Projection {
  /**
   * No projection: features are the flattened gradients themselves, one parameter after another.
   */
  record Identity() implements Projection {}

  /**
   * No features: each parameter's gradient summed over the batch, as a training step needs it. The
   * parameters become inputs of the graph, because they change with every step.
   */
  record Sum() implements Projection {}

  /**
   * The Kronecker projection of LoGra (arXiv 2405.13954): for a linear map with inputs a_s and
   * output gradients δ_s at positions s, {@code Σ_s (P_out δ_s)(P_in [a_s; 1])ᵀ}.
   *
   * @param bases of P_in and P_out
   * @param dimension wanted number of features; {@link GradientGraph#featureDimension()} is the
   *     number reached, never more than wanted
   */
  record Kronecker(ProjectionBases bases, int dimension) implements Projection {
    public Kronecker {
      requirePositive(dimension);
    }

    /** Random P_in and P_out, from the counter-based generator keyed by the seed. */
    public Kronecker(long seed, int dimension) {
      this(new ProjectionMatrices(seed), dimension);
    }
  }

  /**
   * The Johnson–Lindenstrauss projection of the whole flattened gradient g by a dense matrix of
   * signs, P g with P = ±1/√K (Achlioptas, 2003), as TRAK and Journey-TRAK have it. P is a constant
   * of the graph, K × elements numbers: for small models, and to check other projections against.
   *
   * @param seed key of the counter-based generator, see {@link DenseProjection}
   * @param dimension K
   */
  record Dense(long seed, int dimension) implements Projection {
    public Dense {
      requirePositive(dimension);
    }
  }

  /**
   * The gradients' second moments of each layer instead of features: what a basis by principal
   * components is made of. Outputs {@code cairn.moment.in/NAME}, Σ_s a_s a_sᵀ [batch, dIn, dIn]
   * with a_s = [input; 1], and {@code cairn.moment.out/NAME}, Σ_s δ_s δ_sᵀ [batch, dOut, dOut].
   */
  record Moments() implements Projection {}

  /**
   * Another projection's features, each multiplied by a random sign and added to one of K numbers
   * chosen at random: the sparse Johnson–Lindenstrauss transform with one entry a column, as in
   * GraSS (arXiv 2505.18976).
   *
   * @param seed key of the counter-based generator, see {@link SparseProjection}
   * @param dimension K
   */
  record Sketched(Projection first, long seed, int dimension) implements Projection {
    public Sketched {
      requirePositive(dimension);
    }
  }

  /** Another projection's features, each row scaled to Euclidean norm 1 (0 stays 0). */
  record Normalised(Projection first) implements Projection {}

  private static void requirePositive(int dimension) {
    if (dimension < 1) {
      throw new GradientException("dimension: must be at least 1, is " + dimension);
    }
  }
}
