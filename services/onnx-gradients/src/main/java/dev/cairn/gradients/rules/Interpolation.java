package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.ForwardGraph;
import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Tensors;
import java.util.Locale;

/**
 * One axis of a Resize, as the ONNX specification defines it.
 *
 * @param scale outputs an input
 */
record Interpolation(Mode mode, String coordinates, Rounding rounding, double scale, double cubic) {
  enum Mode {
    NEAREST,
    LINEAR,
    CUBIC
  }

  enum Rounding {
    ROUND_PREFER_FLOOR,
    ROUND_PREFER_CEIL,
    FLOOR,
    CEIL
  }

  static Interpolation of(Node node, Backward pass, int axis) {
    String coordinates = node.text("coordinate_transformation_mode", "half_pixel");
    if (node.integer("antialias", 0) == 1
        || node.integer("exclude_outside", 0) == 1
        || node.integers("axes") != null
        || coordinates.equals("tf_crop_and_resize")) {
      throw pass.unsupported(node, "antialias, exclude_outside, axes or tf_crop_and_resize");
    }
    String rounding = node.text("nearest_mode", "round_prefer_floor");
    return new Interpolation(
        Mode.valueOf(node.text("mode", "nearest").toUpperCase(Locale.ROOT)),
        coordinates,
        Rounding.valueOf(rounding.toUpperCase(Locale.ROOT)),
        scale(node, pass.graph(), axis),
        node.number("cubic_coeff_a", -0.75f));
  }

  private static double scale(Node node, ForwardGraph graph, int axis) {
    if (node.hasInput(2) && graph.isConstant(node.input(2))) {
      float[] scales = Tensors.floats(graph.constant(node.input(2)));
      if (scales.length > 0) {
        return scales[axis];
      }
    }
    Shape small = graph.shape(node.input(0));
    return (double) graph.shape(node.output()).dim(axis).size() / small.dim(axis).size();
  }

  /** Weights of the inputs in each output, [outputs][inputs]. */
  float[][] matrix(int inputs, int outputs) {
    float[][] matrix = new float[outputs][inputs];
    for (int i = 0; i < outputs; i++) {
      double x = coordinate(i, inputs, outputs);
      switch (mode) {
        case NEAREST -> matrix[i][Math.clamp((int) rounded(x), 0, inputs - 1)] = 1;
        case LINEAR -> linear(matrix[i], Math.clamp(x, 0, inputs - 1));
        case CUBIC -> cubic(matrix[i], x);
      }
    }
    return matrix;
  }

  private double coordinate(int i, int inputs, int outputs) {
    return switch (coordinates) {
      case "half_pixel" -> (i + 0.5) / scale - 0.5;
      case "pytorch_half_pixel" -> outputs > 1 ? (i + 0.5) / scale - 0.5 : 0;
      case "align_corners" -> outputs == 1 ? 0 : i * (inputs - 1.0) / (outputs - 1);
      case "asymmetric" -> i / scale;
      case "half_pixel_symmetric" -> {
        double adjustment = outputs / (scale * inputs);
        yield inputs / 2.0 * (1 - adjustment) + (i + 0.5) / scale - 0.5;
      }
      default -> throw new IllegalArgumentException(coordinates);
    };
  }

  private double rounded(double x) {
    return switch (rounding) {
      case ROUND_PREFER_FLOOR -> Math.ceil(x - 0.5);
      case ROUND_PREFER_CEIL -> Math.floor(x + 0.5);
      case FLOOR -> Math.floor(x);
      case CEIL -> Math.ceil(x);
    };
  }

  private static void linear(float[] weights, double x) {
    int low = (int) Math.floor(x);
    int high = Math.min(low + 1, weights.length - 1);
    weights[low] += (float) (1 - (x - low));
    weights[high] += (float) (x - low);
  }

  /** Keys' kernel (IEEE Trans. ASSP 29, 1981); what lies outside is the element at the edge. */
  private void cubic(float[] weights, double x) {
    int low = (int) Math.floor(x);
    for (int neighbour = low - 1; neighbour <= low + 2; neighbour++) {
      double d = Math.abs(x - neighbour);
      double weight =
          d <= 1
              ? (cubic + 2) * d * d * d - (cubic + 3) * d * d + 1
              : cubic * (d * d * d - 5 * d * d + 8 * d - 4);
      weights[Math.clamp(neighbour, 0, weights.length - 1)] += (float) weight;
    }
  }
}
