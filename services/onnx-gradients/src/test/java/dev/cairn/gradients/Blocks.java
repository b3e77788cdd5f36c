package dev.cairn.gradients;

import dev.cairn.gradients.ParameterFeatures.Kind;
import java.util.Map;

/** Rebuilds a block of features from gradients, in double, straight from its definition. */
final class Blocks {
  private Blocks() {}

  /** (P_out ⊗ P_in) vec(G) of one row. */
  static double[] projected(
      ParameterFeatures block, long seed, Map<String, float[]> gradients, int row, int rows) {
    double[][] g = matrix(block, gradients, row, rows);
    var matrices = new ProjectionMatrices(seed);
    float[] out = matrices.out(block);
    float[] in = block.kind() == Kind.VECTOR ? new float[] {1} : matrices.in(block);
    double[] projected = new double[block.length()];
    for (int i = 0; i < block.rOut(); i++) {
      for (int j = 0; j < block.rIn(); j++) {
        for (int o = 0; o < block.dOut(); o++) {
          for (int c = 0; c < block.dIn(); c++) {
            projected[i * block.rIn() + j] +=
                (double) out[i * block.dOut() + o] * in[j * block.dIn() + c] * g[o][c];
          }
        }
      }
    }
    return projected;
  }

  /** G, dOut × dIn: the weight's gradient, one row an output, then the bias's as last column. */
  private static double[][] matrix(
      ParameterFeatures block, Map<String, float[]> gradients, int row, int rows) {
    float[] weight = gradients.get(GradientGraph.GRADIENT_PREFIX + block.name());
    int dOut = block.dOut();
    int inputs = weight.length / rows / dOut;
    double[][] g = new double[dOut][block.dIn()];
    for (int o = 0; o < dOut; o++) {
      for (int c = 0; c < inputs; c++) {
        int index = block.transposed() ? c * dOut + o : o * inputs + c;
        g[o][c] = weight[row * dOut * inputs + index];
      }
      if (block.bias() != null) {
        g[o][inputs] = gradients.get(GradientGraph.GRADIENT_PREFIX + block.bias())[row * dOut + o];
      }
    }
    return g;
  }

  /** ‖a − b‖ / ‖b‖ over the length of b. */
  static double relativeError(float[] actual, int offset, double[] expected) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(actual[offset + i] - expected[i], 2);
      norm += expected[i] * expected[i];
    }
    return Math.sqrt(difference / norm);
  }
}
