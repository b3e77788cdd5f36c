package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.Arrays;

/**
 * A convolution of many channels to one, y = Σ_c w_c ∗ x_c + b: the last layer of a denoiser of
 * grey images.
 *
 * <p>The runtime computes outputs in blocks of 16 channels, of which fifteen are wasted here.
 * Channel by channel, and then a sum over channels, it is a fraction of the work. Only the forward
 * pass changes.
 */
final class SingleOutputShortcut {
  /** Channels that the runtime's kernels take at a time. */
  private static final int CHANNEL_BLOCK = 16;

  private SingleOutputShortcut() {}

  static boolean backward(Node node, Backward pass) {
    if (!node.operator().equals("Conv")) {
      return false;
    }
    Value x = pass.input(node, 0);
    Value weight = pass.input(node, 1);
    Convolution convolution =
        Convolution.of(node, x.shape(), weight.shape(), pass.value(node.output()).shape());
    long channels = x.shape().size(1);
    if (weight.shape().size(0) != 1
        || channels % CHANNEL_BLOCK != 0
        || convolution.kernelElements() == 1) {
      return false;
    }
    ConvolutionRule.RULES.get("Conv").backward(node, pass);
    Ops ops = pass.ops();
    int begin = ops.writer().nodes().size();
    Shape kernel = Shape.of(convolution.kernel());
    Value apart = ops.reshape(weight, Shape.of(channels, 1).concat(kernel));
    Value each = convolution.grouped(channels).apply(ops, x, apart, null);
    long[] point = new long[convolution.spatialRank()];
    Arrays.fill(point, 1);
    float[] ones = new float[(int) channels];
    Arrays.fill(ones, 1);
    Value sum = ops.writer().floats(ones, Shape.of(1, channels).concat(Shape.of(point)).sizes());
    Value bias = node.hasInput(2) ? pass.input(node, 2) : null;
    Value y = Convolution.pointwise(point, 1).apply(ops, each, sum, bias);
    ops.writer().replace(node, begin, y.name());
    return true;
  }
}
