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
    int lead = pass.lead(node);
    Shape input = pass.input(node, 0).shape();
    long[] starts = pass.graph().integers(node, 1);
    long[] axes = Axes.normalisedOrFirst(pass.graph().integers(node, 3), starts.length, input);
    long[] steps = pass.graph().integers(node, 4);
    Value delta = pass.delta(node);
    for (int i = 0; i < axes.length; i++) {
      int axis = (int) axes[i];
      int at = axis + lead;
      if (input.dim(axis).equals(delta.shape().dim(at)) && (steps == null || steps[i] == 1)) {
        continue;
      }
      long size = input.size(axis);
      long step = steps == null ? 1 : steps[i];
      long start = Math.clamp(starts[i] < 0 ? starts[i] + size : starts[i], 0, size - 1);
      long count = delta.shape().size(at);
      if (step < 0) {
        delta = ops.slice(delta, at, count - 1, count, -1);
        start += (count - 1) * step;
      }
      delta = ops.dilate(delta, at, Math.abs(step));
      long[] before = new long[delta.rank()];
      long[] after = new long[delta.rank()];
      before[at] = start;
      after[at] = size - start - delta.shape().size(at);
      delta = ops.pad(delta, before, after);
    }
    pass.add(node.input(0), delta);
  }

  /** Crops what padding added and restores, as zeros, what negative padding cropped. */
  private static void pad(Node node, Backward pass) {
    Shape input = pass.input(node, 0).shape();
    int lead = pass.lead(node);
    long[] pads = pass.graph().integers(node, 1);
    long[] axes = Axes.normalisedOrFirst(pass.graph().integers(node, 3), pads.length / 2, input);
    long[] before = new long[input.rank() + lead];
    long[] after = new long[input.rank() + lead];
    for (int i = 0; i < axes.length; i++) {
      before[(int) axes[i] + lead] = -pads[i];
      after[(int) axes[i] + lead] = -pads[axes.length + i];
    }
    String mode = node.text("mode", "constant");
    Value delta = pass.delta(node);
    pass.add(
        node.input(0),
        mode.equals("constant")
            ? pass.ops().pad(delta, before, after)
            : copied(node, pass, delta, mode, before));
  }

  /** The gradients of copies are added to those of what was copied, axis by axis. */
  private static Value copied(
      Node node, Backward pass, Value delta, String mode, long[] negativeBefore) {
    Shape input = pass.input(node, 0).shape();
    int lead = pass.lead(node);
    Value sum = delta;
    for (int axis = 0; axis < input.rank(); axis++) {
      int at = axis + lead;
      if (input.dim(axis).equals(delta.shape().dim(at)) && negativeBefore[at] == 0) {
        continue;
      }
      int size = (int) input.size(axis);
      int[] source = new int[(int) delta.shape().size(at)];
      for (int i = 0; i < source.length; i++) {
        source[i] = source(node, pass, mode, (int) (i + negativeBefore[at]), size);
      }
      sum = LinearMaps.transposed(pass.ops(), sum, at, LinearMaps.picking(source, size));
    }
    return sum;
  }

  /** The element that a place inside or outside of the input is a copy of. */
  private static int source(Node node, Backward pass, String mode, int place, int size) {
    return switch (mode) {
      case "edge" -> Math.clamp(place, 0, size - 1);
      case "wrap" -> Math.floorMod(place, size);
      case "reflect" -> {
        int period = Math.max(1, 2 * (size - 1));
        int within = Math.floorMod(place, period);
        yield within < size ? within : period - within;
      }
      default -> throw pass.unsupported(node, "mode " + mode);
    };
  }
}
