package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.Arrays;

/**
 * A convolution of an image enlarged s times by nearest neighbours.
 *
 * <p>Its gradient convolves δ with the rotated kernel, then sums tiles of s × s. Both at once are a
 * convolution with stride s and a kernel k + s − 1 wide: for 3 × 3 and s = 2 less than half of the
 * work. The wider kernel is a sum of shifted ones, made by nodes that the runtime folds. The
 * forward pass is written anew as well where that pays, see {@link PhasedConvolution}.
 */
final class UpsampledConvolutionShortcut {
  private UpsampledConvolutionShortcut() {}

  static boolean backward(Node node, Backward pass) {
    if (!node.operator().equals("Conv")) {
      return false;
    }
    Node resize = pass.graph().producer(node.input(0));
    if (resize == null
        || !resize.operator().equals("Resize")
        || !pass.isActive(resize.input(0))
        || pass.graph().consumers(resize.output()).size() != 1) {
      return false;
    }
    Value small = pass.input(resize, 0);
    Value large = pass.input(node, 0);
    Value weight = pass.input(node, 1);
    Convolution forward =
        Convolution.of(node, large.shape(), weight.shape(), pass.value(node.output()).shape());
    long[] scales = ResizeRules.scales(resize, pass.graph());
    if (scales == null
        || scales.length != 4
        || scales[0] != 1
        || scales[1] != 1
        || !forward.isPlain()
        || pass.isActive(weight.name())) {
      return false;
    }
    Value delta = pass.delta(node);
    long[] scale = {scales[2], scales[3]};
    pass.add(small.name(), gradient(pass.ops(), forward, weight, delta, scale));
    ConvolutionRule.parameters(node, pass, forward, delta, new Enlarged(small, scale));
    if (PhasedConvolution.fits(forward, small, pass.value(node.output()), scale)) {
      Ops ops = pass.ops();
      int begin = ops.writer().nodes().size();
      Value bias = node.hasInput(2) ? pass.input(node, 2) : null;
      Value y = PhasedConvolution.apply(ops, forward, weight, small, bias, (int) scale[0]);
      ops.writer().replace(node, begin, y.name());
    }
    return true;
  }

  private static Value gradient(
      Ops ops, Convolution forward, Value weight, Value delta, long[] scale) {
    Value rotated = ConvolutionRule.rotatedWeight(ops, forward, weight);
    // One sliding sum over both spatial axes: the kernel as images of one channel each.
    Shape shape = rotated.shape();
    long kernels = shape.size(0) * shape.size(1);
    long[] kernel = forward.kernel();
    Value images = ops.reshape(rotated, Shape.of(kernels, 1, kernel[0], kernel[1]));
    float[] ones = new float[(int) (scale[0] * scale[1])];
    Arrays.fill(ones, 1);
    Value tile = ops.writer().floats(ones, 1, 1, scale[0], scale[1]);
    long[] around = {scale[0] - 1, scale[1] - 1};
    long[] unit = {1, 1};
    Value wide =
        new Convolution(scale, unit, unit, around, around, 1).apply(ops, images, tile, null);
    long[] wideKernel = {kernel[0] + scale[0] - 1, kernel[1] + scale[1] - 1};
    Value merged =
        ops.reshape(wide, Shape.of(shape.size(0), shape.size(1), wideKernel[0], wideKernel[1]));
    long[] before = {kernel[0] - 1 - forward.before()[0], kernel[1] - 1 - forward.before()[1]};
    long[] after = {kernel[0] - 1 - forward.after()[0], kernel[1] - 1 - forward.after()[1]};
    return new Convolution(wideKernel, scale, unit, before, after, 1)
        .apply(ops, delta, merged, null);
  }
}
