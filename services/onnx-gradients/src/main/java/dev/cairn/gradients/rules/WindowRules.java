package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.Map;

/** Operators that cut out or surround: the gradient is surrounded or cut out. */
final class WindowRules {
  private WindowRules() {}

  static final Map<String, Rule> RULES =
      Map.of("Slice", WindowRules::slice, "Pad", WindowRules::pad);

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
}
