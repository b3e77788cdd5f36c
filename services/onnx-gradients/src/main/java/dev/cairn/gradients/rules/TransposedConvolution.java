package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;

/**
 * ConvTranspose: the transposed map of a convolution C from its output's shape to its input's, with
 * the same weight. Backward it is C itself; and the weight's gradient is that of C's weight, with
 * input and output gradient exchanged.
 */
final class TransposedConvolution {
  private TransposedConvolution() {}

  static void backward(Node node, Backward pass) {
    Ops ops = pass.ops();
    Value x = pass.input(node, 0);
    Value weight = pass.input(node, 1);
    Value delta = pass.delta(node);
    Convolution convolution = convolution(node, x.shape(), weight.shape(), delta.shape());
    if (pass.isActive(weight.name())) {
      throw pass.unsupported(node, "a weight that differs from row to row");
    }
    if (pass.isActive(x.name())) {
      pass.add(x.name(), new Value(convolution.apply(ops, delta, weight, null).name(), x.shape()));
    }
    if (pass.isWeight(weight.name())) {
      pass.linear(
          weight.name(),
          new ConvolutionGradient(convolution, weight, delta, x, null, (_, _) -> {}));
    }
    ConvolutionRule.bias(node, pass, delta);
  }

  /** C, with padding such that its output has exactly x's shape. */
  private static Convolution convolution(Node node, Shape x, Shape weight, Shape y) {
    Convolution given = Convolution.of(node, y, weight, x);
    int rank = given.spatialRank();
    long[] before = given.before().clone();
    long[] after = new long[rank];
    String automatic = node.text("auto_pad", "NOTSET");
    for (int i = 0; i < rank; i++) {
      long covered =
          (x.size(i + 2) - 1) * given.strides()[i]
              + given.dilations()[i] * (given.kernel()[i] - 1)
              + 1;
      long total = covered - y.size(i + 2);
      if (automatic.startsWith("SAME") || node.integers("output_shape") != null) {
        long least = Math.max(0, total);
        before[i] = automatic.equals("SAME_UPPER") ? least / 2 : least - least / 2;
      }
      // Less than nothing where the output is longer than what the windows reach.
      after[i] = Math.max(0, total - before[i]);
    }
    return new Convolution(
        given.kernel(), given.strides(), given.dilations(), before, after, given.group());
  }
}
