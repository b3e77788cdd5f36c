package dev.cairn.gradients.rules;

import dev.cairn.gradients.ParameterFeatures;
import dev.cairn.gradients.ProjectionBases;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Value;
import java.util.Optional;

/** One use of a weight in a linear map, known by the map's input and its output gradient. */
public interface LinearGradient {
  /** Rows of the gradient matrix: outputs of the map. */
  int dOut();

  /** Columns of the gradient matrix: inputs of the map, a bias not counted. */
  int dIn();

  /** Whether the file stores the weight as inputs × outputs. */
  boolean transposed();

  /** The gradient itself, [batch, *shape in the file]. */
  Value gradient(Ops ops);

  /** The gradient summed over the batch, [*shape in the file]. */
  default Value summed(Ops ops) {
    return ops.reduceSum(gradient(ops), false, 0);
  }

  /**
   * P_out · G · P_inᵀ, row-major, [batch, rOut × rIn].
   *
   * @param layer sizes; with a bias, dIn is one more than here
   */
  Value projected(Ops ops, ParameterFeatures layer, ProjectionBases matrices);

  /**
   * The map's inputs at every position, [batch, positions, dIn], or nothing where the map has no
   * such matrix of inputs that is worth its principal components.
   */
  default Optional<Value> inputs(Ops ops) {
    return Optional.empty();
  }

  /** The output gradients at every position, [batch, positions, dOut]. */
  default Optional<Value> outputGradients(Ops ops) {
    return Optional.empty();
  }
}
