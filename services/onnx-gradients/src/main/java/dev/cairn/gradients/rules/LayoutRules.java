package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Operators that only move elements about: the gradient moves back. */
final class LayoutRules {
  private LayoutRules() {}

  static final Map<String, Rule> RULES =
      Map.ofEntries(
          Map.entry("Reshape", LayoutRules::reshape),
          Map.entry("Flatten", LayoutRules::reshape),
          Map.entry("Squeeze", LayoutRules::reshape),
          Map.entry("Unsqueeze", LayoutRules::reshape),
          Map.entry("Transpose", LayoutRules::transpose),
          Map.entry("Expand", LayoutRules::expand),
          Map.entry("Tile", LayoutRules::tile),
          Map.entry("Concat", LayoutRules::concat),
          Map.entry("Split", LayoutRules::split),
          Map.entry("DepthToSpace", LayoutRules::depthToSpace),
          Map.entry("SpaceToDepth", LayoutRules::spaceToDepth));

  private static void reshape(Node node, Backward pass) {
    Shape shape = pass.gradientShape(node.input(0));
    pass.add(node.input(0), pass.ops().reshape(pass.delta(node), shape));
  }

  private static void transpose(Node node, Backward pass) {
    Value delta = pass.delta(node);
    int lead = pass.lead(node);
    long[] permutation = node.integers("perm");
    int[] inverse = new int[delta.rank()];
    int rank = inverse.length - lead;
    for (int i = 0; i < rank; i++) {
      int from = permutation == null ? rank - 1 - i : (int) permutation[i];
      inverse[from + lead] = i + lead;
    }
    pass.add(node.input(0), pass.ops().transpose(delta, inverse));
  }

  private static void expand(Node node, Backward pass) {
    pass.addBroadcast(node.input(0), () -> pass.delta(node));
  }

  /** Sums over repetitions; of an axis of one, as for any operand that has been spread. */
  private static void tile(Node node, Backward pass) {
    Ops ops = pass.ops();
    Shape input = pass.input(node, 0).shape();
    Value delta = pass.delta(node);
    int lead = pass.lead(node);
    Shape blocks = delta.shape().slice(0, lead);
    List<Integer> repetitions = new ArrayList<>();
    for (int axis = 0; axis < input.rank(); axis++) {
      Shape.Dim whole = delta.shape().dim(axis + lead);
      if (whole.equals(input.dim(axis)) || input.dim(axis).equals(new Shape.Dim(1, false))) {
        blocks = blocks.concat(new Shape(List.of(whole)));
      } else {
        repetitions.add(blocks.rank());
        long size = input.size(axis);
        blocks = blocks.concat(Shape.of(whole.size() / size, size));
      }
    }
    Value split = ops.reshape(delta, blocks);
    Value summed =
        ops.reduceSum(split, false, repetitions.stream().mapToInt(Integer::intValue).toArray());
    pass.addBroadcast(node.input(0), () -> summed);
  }

  private static void concat(Node node, Backward pass) {
    Value delta = pass.delta(node);
    int lead = pass.lead(node);
    int axis = Axes.of(node, delta.rank() - lead, 0);
    long start = 0;
    for (String input : node.inputs()) {
      long size = pass.value(input).shape().size(axis);
      if (pass.needs(input)) {
        pass.add(input, pass.ops().slice(delta, axis + lead, start, size, 1));
      }
      start += size;
    }
    if (lead == 0) {
      Packed.unpackParts(node, axis, pass);
    }
  }

  /** Parts that nothing depends on are zeros around the others. */
  private static void split(Node node, Backward pass) {
    int lead = pass.lead(node);
    int axis = Axes.of(node, pass.input(node, 0).rank(), 0);
    List<Value> parts = new ArrayList<>();
    long gap = 0;
    for (String part : node.proto().getOutputList()) {
      Value delta = pass.delta(part);
      if (delta != null) {
        parts.add(padded(pass.ops(), delta, axis + lead, gap, 0));
        gap = 0;
      } else {
        gap += pass.value(part).shape().size(axis);
      }
    }
    parts.add(padded(pass.ops(), parts.removeLast(), axis + lead, 0, gap));
    pass.add(node.input(0), pass.ops().concat(axis + lead, parts));
  }

  private static Value padded(Ops ops, Value x, int axis, long before, long after) {
    long[] ahead = new long[x.rank()];
    long[] behind = new long[x.rank()];
    ahead[axis] = before;
    behind[axis] = after;
    return ops.pad(x, ahead, behind);
  }

  private static void depthToSpace(Node node, Backward pass) {
    Ops ops = pass.ops();
    Shape in = pass.input(node, 0).shape();
    long block = node.integer("blocksize", 1);
    long channels = in.size(1) / (block * block);
    boolean depthFirst = node.text("mode", "DCR").equals("DCR");
    Shape split = Shape.batch(channels, in.size(2), block, in.size(3), block).with(0, in.dim(0));
    Value parts = ops.reshape(pass.delta(node), split);
    Value moved =
        depthFirst
            ? ops.transpose(parts, 0, 3, 5, 1, 2, 4)
            : ops.transpose(parts, 0, 1, 3, 5, 2, 4);
    pass.add(node.input(0), ops.reshape(moved, in));
  }

  private static void spaceToDepth(Node node, Backward pass) {
    Ops ops = pass.ops();
    Shape in = pass.input(node, 0).shape();
    long block = node.integer("blocksize", 1);
    Shape split =
        Shape.batch(block, block, in.size(1), in.size(2) / block, in.size(3) / block)
            .with(0, in.dim(0));
    Value parts = ops.reshape(pass.delta(node), split);
    pass.add(node.input(0), ops.reshape(ops.transpose(parts, 0, 3, 4, 1, 5, 2), in));
  }
}
