package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.graph.Value;
import java.util.Map;

/** Operators that cut out, surround or enlarge: Slice, Pad, nearest-neighbour Resize. */
final class WindowRules {
  private WindowRules() {}

  static final Map<String, Rule> RULES =
      Map.of("Slice", WindowRules::slice, "Pad", WindowRules::pad, "Resize", WindowRules::resize);

  /** Zeros where the slice did not look. Axis by axis, so that steps are independent. */
  private static void slice(Node node, Backward pass) {
    Ops ops = pass.ops();
    Shape input = pass.input(node, 0).shape();
    long[] starts = pass.graph().integers(node, 1);
    long[] axes = Axes.normalisedOrFirst(pass.graph().integers(node, 3), starts.length, input);
    long[] steps = pass.graph().integers(node, 4);
    Value delta = pass.delta(node);
    for (int i = 0; i < axes.length; i++) {
      int axis = (int) axes[i];
      if (input.dim(axis).equals(delta.shape().dim(axis)) && (steps == null || steps[i] == 1)) {
        continue;
      }
      long size = input.size(axis);
      long step = steps == null ? 1 : steps[i];
      long start = Math.clamp(starts[i] < 0 ? starts[i] + size : starts[i], 0, size - 1);
      long count = delta.shape().size(axis);
      if (step < 0) {
        delta = ops.slice(delta, axis, count - 1, count, -1);
        start += (count - 1) * step;
      }
      delta = ops.dilate(delta, axis, Math.abs(step));
      long[] before = new long[input.rank()];
      long[] after = new long[input.rank()];
      before[axis] = start;
      after[axis] = size - start - delta.shape().size(axis);
      delta = ops.pad(delta, before, after);
    }
    pass.add(node.input(0), delta);
  }

  /** Crops what padding added and restores, as zeros, what negative padding cropped. */
  private static void pad(Node node, Backward pass) {
    if (!node.text("mode", "constant").equals("constant")) {
      throw pass.unsupported(node, "mode " + node.text("mode", ""));
    }
    Shape input = pass.input(node, 0).shape();
    long[] pads = pass.graph().integers(node, 1);
    long[] axes = Axes.normalisedOrFirst(pass.graph().integers(node, 3), pads.length / 2, input);
    long[] before = new long[input.rank()];
    long[] after = new long[input.rank()];
    for (int i = 0; i < axes.length; i++) {
      before[(int) axes[i]] = -pads[i];
      after[(int) axes[i]] = -pads[axes.length + i];
    }
    pass.add(node.input(0), pass.ops().pad(pass.delta(node), before, after));
  }

  /** Each element was copied to a block of scale × scale …: the block is summed. */
  private static void resize(Node node, Backward pass) {
    Shape small = pass.input(node, 0).shape();
    Shape large = pass.value(node.output()).shape();
    String coordinates = node.text("coordinate_transformation_mode", "half_pixel");
    String rounding = node.text("nearest_mode", "round_prefer_floor");
    boolean blocks =
        coordinates.equals("asymmetric")
            ? rounding.equals("floor")
            : coordinates.endsWith("half_pixel") && rounding.startsWith("round_prefer");
    if (!node.text("mode", "nearest").equals("nearest") || !blocks) {
      throw pass.unsupported(
          node, "mode %s, %s, %s".formatted(node.text("mode", ""), coordinates, rounding));
    }
    if (node.hasInput(2) && pass.graph().constant(node.input(2)) != null) {
      requireWhole(node, Tensors.floats(pass.graph().constant(node.input(2))), pass);
    }
    Shape blocked = Shape.of();
    int[] within = new int[small.rank()];
    int spread = 0;
    for (int axis = 0; axis < small.rank(); axis++) {
      blocked = blocked.concat(small.slice(axis, axis + 1));
      if (!small.dim(axis).equals(large.dim(axis))) {
        long scale = large.size(axis) / small.size(axis);
        if (scale * small.size(axis) != large.size(axis)) {
          throw pass.unsupported(node, "a scale that is no whole number");
        }
        within[spread++] = blocked.rank();
        blocked = blocked.concat(Shape.of(scale));
      }
    }
    Value delta = pass.ops().reshape(pass.delta(node), blocked);
    pass.add(
        node.input(0), pass.ops().reduceSum(delta, false, java.util.Arrays.copyOf(within, spread)));
  }

  private static void requireWhole(Node node, float[] scales, Backward pass) {
    for (float scale : scales) {
      if (scale != Math.rint(scale)) {
        throw pass.unsupported(node, "scale " + scale);
      }
    }
  }
}
