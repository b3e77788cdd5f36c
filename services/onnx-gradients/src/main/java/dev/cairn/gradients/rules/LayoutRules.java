package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.Map;
import java.util.stream.IntStream;

/** Operators that only move elements about: the gradient moves back. */
final class LayoutRules {
  private LayoutRules() {}

  static final Map<String, Rule> RULES =
      Map.of(
          "Reshape", LayoutRules::reshape,
          "Flatten", LayoutRules::reshape,
          "Squeeze", LayoutRules::reshape,
          "Unsqueeze", LayoutRules::reshape,
          "Transpose", LayoutRules::transpose,
          "Expand", LayoutRules::expand,
          "Concat", LayoutRules::concat,
          "Split", LayoutRules::split);

  private static void reshape(Node node, Backward pass) {
    Shape shape = pass.input(node, 0).shape();
    pass.add(node.input(0), pass.ops().reshape(pass.delta(node), shape));
  }

  private static void transpose(Node node, Backward pass) {
    Value delta = pass.delta(node);
    long[] permutation = node.integers("perm");
    int[] inverse = new int[delta.rank()];
    for (int i = 0; i < inverse.length; i++) {
      int from = permutation == null ? inverse.length - 1 - i : (int) permutation[i];
      inverse[from] = i;
    }
    pass.add(node.input(0), pass.ops().transpose(delta, inverse));
  }

  private static void expand(Node node, Backward pass) {
    pass.addBroadcast(node.input(0), () -> pass.delta(node));
  }

  private static void concat(Node node, Backward pass) {
    Value delta = pass.delta(node);
    int axis = Axes.of(node, delta.rank(), 0);
    long start = 0;
    for (String input : node.inputs()) {
      long size = pass.value(input).shape().size(axis);
      if (pass.parameters().isParameter(input)) {
        throw pass.unsupported(node, "a parameter as part");
      }
      if (pass.needs(input)) {
        pass.add(input, pass.ops().slice(delta, axis, start, size, 1));
      }
      start += size;
    }
  }

  /** Parts that nothing depends on count as zero. */
  private static void split(Node node, Backward pass) {
    Ops ops = pass.ops();
    Value x = pass.input(node, 0);
    int axis = Axes.of(node, x.rank(), 0);
    Value whole =
        ops.concat(
            axis,
            IntStream.range(0, node.proto().getOutputCount())
                .mapToObj(i -> node.proto().getOutput(i))
                .map(
                    part -> {
                      Value delta = pass.delta(part);
                      return delta != null ? delta : ops.mul(pass.value(part), 0);
                    })
                .toList());
    pass.add(x.name(), whole);
  }
}
