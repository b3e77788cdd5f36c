package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;

/** Maps along one axis that are a constant matrix: padding, interpolation, picking by index. */
final class LinearMaps {
  private LinearMaps() {}

  /**
   * The transposed map: x[…, j, …] = Σ_i matrix[i][j] y[…, i, …].
   *
   * @param y with matrix.length elements along the axis
   */
  static Value transposed(Ops ops, Value y, int axis, float[][] matrix) {
    int outputs = matrix.length;
    int inputs = matrix[0].length;
    float[] flat = new float[outputs * inputs];
    for (int i = 0; i < outputs; i++) {
      for (int j = 0; j < inputs; j++) {
        flat[j * outputs + i] = matrix[i][j];
      }
    }
    Value map = ops.writer().floats(flat, inputs, outputs);
    Shape shape = y.shape().with(axis, inputs);
    Shape lead = y.shape().slice(0, axis + 1);
    long rest = y.shape().slice(axis + 1, y.rank()).elements();
    Value columns = ops.reshape(y, lead.concat(Shape.of(rest)));
    return ops.reshape(ops.matMul(map, columns), shape);
  }

  /** The matrix that picks elements by index; an index of −1 picks nothing. */
  static float[][] picking(int[] indices, int inputs) {
    float[][] matrix = new float[indices.length][inputs];
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] >= 0) {
        matrix[i][indices[i]] = 1;
      }
    }
    return matrix;
  }
}
