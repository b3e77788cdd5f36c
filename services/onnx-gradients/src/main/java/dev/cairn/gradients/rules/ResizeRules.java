package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.ForwardGraph;
import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.graph.Value;
import java.util.Arrays;
import java.util.Map;

/**
 * Enlarging and reducing: along each axis a constant matrix, whose transpose is the gradient.
 *
 * <p>Enlargement by whole numbers, each element copied to a block, is a sum of blocks instead.
 */
final class ResizeRules {
  private ResizeRules() {}

  // Upsample is Resize as opsets before 11 had it; no model of a later opset holds one.
  static final Map<String, Rule> RULES =
      Map.of("Resize", ResizeRules::backward, "Upsample", ResizeRules::backward);

  /** How often each axis is repeated, or null where the resize does anything but repeat. */
  static long[] scales(Node node, ForwardGraph graph) {
    String coordinates = node.text("coordinate_transformation_mode", "half_pixel");
    String rounding = node.text("nearest_mode", "round_prefer_floor");
    // Half-pixel coordinates of a block lie within half an element of the one it was copied from.
    boolean blocks =
        coordinates.equals("asymmetric")
            ? rounding.equals("floor")
            : coordinates.endsWith("half_pixel") && rounding.startsWith("round_prefer");
    if (!node.text("mode", "nearest").equals("nearest") || !blocks) {
      return null;
    }
    if (node.hasInput(2) && graph.isConstant(node.input(2))) {
      // Of some axes, or of all: the others are as large as before.
      for (float scale : Tensors.floats(graph.constant(node.input(2)))) {
        if (scale != Math.rint(scale)) {
          return null;
        }
      }
    }
    Shape small = graph.shape(node.input(0));
    Shape large = graph.shape(node.output());
    long[] scales = new long[small.rank()];
    for (int axis = 0; axis < scales.length; axis++) {
      scales[axis] = large.dim(axis).size() / small.dim(axis).size();
      if (scales[axis] * small.dim(axis).size() != large.dim(axis).size()) {
        return null;
      }
    }
    return scales;
  }

  private static void backward(Node node, Backward pass) {
    long[] scales = scales(node, pass.graph());
    if (pass.lead(node) > 0) {
      throw pass.unsupported(node, "weights alone");
    }
    Shape small = pass.input(node, 0).shape();
    Value delta = pass.delta(node);
    if (scales == null) {
      pass.add(node.input(0), interpolated(node, pass, small, delta));
    } else if (scales.length == 4 && scales[0] == 1 && scales[1] == 1) {
      pass.add(node.input(0), sumOfTiles(pass.ops(), delta, small, scales));
    } else {
      pass.add(node.input(0), sumOfBlocks(pass.ops(), delta, small, scales));
    }
  }

  private static Value interpolated(Node node, Backward pass, Shape small, Value delta) {
    if (small.equals(delta.shape())) {
      // ONNX Runtime copies where no size changes, whatever the scales.
      return delta;
    }
    Value sum = delta;
    for (int axis = 0; axis < small.rank(); axis++) {
      Interpolation interpolation = Interpolation.of(node, pass, axis);
      if (!interpolation.copies(small.dim(axis), delta.shape().dim(axis))) {
        int outputs = (int) delta.shape().size(axis);
        float[][] matrix = interpolation.matrix((int) small.size(axis), outputs);
        sum = LinearMaps.transposed(pass.ops(), sum, axis, matrix);
      }
    }
    return sum;
  }

  private static Value sumOfBlocks(Ops ops, Value delta, Shape small, long[] scales) {
    Shape blocked = Shape.of();
    int[] within = new int[scales.length];
    for (int axis = 0; axis < scales.length; axis++) {
      blocked = blocked.concat(small.slice(axis, axis + 1)).concat(Shape.of(scales[axis]));
      within[axis] = 2 * axis + 1;
    }
    return ops.reduceSum(ops.reshape(delta, blocked), false, within);
  }

  /** The same for images as a convolution with ones, channel by channel: several times faster. */
  private static Value sumOfTiles(Ops ops, Value delta, Shape small, long[] scales) {
    long channels = small.size(1);
    long[] tile = {scales[2], scales[3]};
    float[] ones = new float[(int) (channels * tile[0] * tile[1])];
    Arrays.fill(ones, 1);
    Value kernel = ops.writer().floats(ones, channels, 1, tile[0], tile[1]);
    long[] none = {0, 0};
    return new Convolution(tile, tile, new long[] {1, 1}, none, none, channels)
        .apply(ops, delta, kernel, null);
  }
}
