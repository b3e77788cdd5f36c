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
 * @param cubic a of the cubic kernel
 * @param antialias whether the kernel of a reduction is as wide as what an output stands for
 * @param inside whether only elements within the edges count, and share the whole weight
 */
record Interpolation(
    Mode mode,
    String coordinates,
    Rounding rounding,
    double scale,
    double cubic,
    boolean antialias,
    boolean inside) {
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
    String policy = node.text("keep_aspect_ratio_policy", "stretch");
    if (coordinates.equals("tf_crop_and_resize") || !policy.equals("stretch")) {
      throw pass.unsupported(node, "tf_crop_and_resize or a kept aspect ratio");
    }
    String rounding = node.text("nearest_mode", "round_prefer_floor");
    return new Interpolation(
        Mode.valueOf(node.text("mode", "nearest").toUpperCase(Locale.ROOT)),
        coordinates,
        Rounding.valueOf(rounding.toUpperCase(Locale.ROOT)),
        scale(node, pass.graph(), axis),
        node.number("cubic_coeff_a", -0.75f),
        node.integer("antialias", 0) == 1,
        node.integer("exclude_outside", 0) == 1);
  }

  private static double scale(Node node, ForwardGraph graph, int axis) {
    Shape small = graph.shape(node.input(0));
    if (node.hasInput(2) && graph.isConstant(node.input(2))) {
      float[] scales = Tensors.floats(graph.constant(node.input(2)));
      if (scales.length > 0) {
        int place = place(node, axis, small.rank());
        return place < 0 ? 1 : scales[place];
      }
    }
    return (double) graph.shape(node.output()).dim(axis).size() / small.dim(axis).size();
  }

  /** Where an axis stands among those that are resized, or -1. */
  private static int place(Node node, int axis, int rank) {
    long[] axes = node.integers("axes");
    if (axes == null) {
      return axis;
    }
    for (int i = 0; i < axes.length; i++) {
      if (Math.floorMod(axes[i], rank) == axis) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Whether the axis stays as it is. Of as many elements but another scale it is resampled all the
   * same, except with antialias, where ONNX Runtime copies it.
   */
  boolean copies(Shape.Dim inputs, Shape.Dim outputs) {
    return scale == 1 || (antialias && inputs.equals(outputs));
  }

  /** Weights of the inputs in each output, [outputs][inputs]. */
  float[][] matrix(int inputs, int outputs) {
    float[][] matrix = new float[outputs][inputs];
    for (int i = 0; i < outputs; i++) {
      double x = coordinate(i, inputs, outputs);
      if (antialias && mode != Mode.NEAREST) {
        widened(matrix[i], x);
        continue;
      }
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

  private void cubic(float[] weights, double x) {
    int low = (int) Math.floor(x);
    spread(weights, x, low - 1, low + 2, 1);
  }

  /** Every input that a reduced element stands for has its share, by the kernel widened to them. */
  private void widened(float[] weights, double x) {
    double width = Math.max(1, 1 / scale);
    double reach = (mode == Mode.CUBIC ? 2 : 1) * width;
    spread(weights, x, (int) Math.floor(x - reach + 1), (int) Math.floor(x + reach), width);
  }

  /**
   * The kernel's weights of the elements from low to high, together 1. What lies outside is the
   * element at the edge, or nothing.
   */
  private void spread(float[] weights, double x, int low, int high, double width) {
    double[] found = new double[weights.length];
    double total = 0;
    for (int neighbour = low; neighbour <= high; neighbour++) {
      int element = Math.clamp(neighbour, 0, weights.length - 1);
      double weight = kernel(Math.abs(x - neighbour) / width);
      if (element == neighbour || !inside) {
        found[element] += weight;
        total += weight;
      }
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] += (float) (found[i] / total);
    }
  }

  /** A triangle, or Keys' kernel (IEEE Trans. ASSP 29, 1981). */
  private double kernel(double d) {
    if (mode == Mode.LINEAR) {
      return Math.max(0, 1 - d);
    }
    if (d >= 2) {
      return 0;
    }
    return d <= 1
        ? (cubic + 2) * d * d * d - (cubic + 3) * d * d + 1
        : cubic * (d * d * d - 5 * d * d + 8 * d - 4);
  }
}
