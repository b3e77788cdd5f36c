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
   * @param seed key of the counter-based generator of P_in and P_out
   * @param dimension wanted number of features; {@link GradientGraph#featureDimension()} is the
   *     number reached, never more than wanted
   */
  record Kronecker(long seed, int dimension) implements Projection {
    public Kronecker {
      if (dimension < 1) {
        throw new GradientException("dimension: must be at least 1, is " + dimension);
      }
    }
  }
}
