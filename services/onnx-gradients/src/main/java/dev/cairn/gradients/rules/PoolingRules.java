package dev.cairn.gradients.rules;

import static dev.cairn.gradients.graph.GraphWriter.attribute;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Means and maxima over windows; their gradients are spread back by transposed convolutions. */
final class PoolingRules {
  /** Padding that is never the maximum, and whose product with 0 is 0. */
  private static final float LOWEST = -Float.MAX_VALUE;

  private PoolingRules() {}

  static final Map<String, Rule> RULES =
      Map.of(
          "AveragePool", PoolingRules::average,
          "MaxPool", PoolingRules::maximum,
          "GlobalAveragePool", PoolingRules::global);

  private static void global(Node node, Backward pass) {
    Value x = pass.input(node, 0);
    double positions = x.shape().slice(2, x.rank()).elements();
    pass.add(x.name(), pass.ops().spread(pass.ops().mul(pass.delta(node), 1 / positions), x));
  }

  private static void average(Node node, Backward pass) {
    Ops ops = pass.ops();
    Value x = pass.input(node, 0);
    Value delta = pass.delta(node);
    Convolution declared = window(node, x.shape(), delta.shape());
    boolean padsCount = node.integer("count_include_pad", 0) == 1;
    Value shares = ops.mul(delta, shares(ops, declared, x.shape(), delta.shape(), padsCount));
    Convolution window = reaching(declared, x.shape(), delta.shape());
    float[] ones = new float[(int) (x.shape().size(1) * window.kernelElements())];
    Arrays.fill(ones, 1);
    Value kernel = ops.writer().floats(ones, kernelShape(x.shape().size(1), window));
    pass.add(x.name(), ConvolutionRule.transposed(ops, window, x, kernel, shares));
  }

  private static long[] kernelShape(long channels, Convolution window) {
    return Shape.of(channels, 1).concat(Shape.of(window.kernel())).sizes();
  }

  private static Convolution window(Node node, Shape x, Shape y) {
    Shape weight = Shape.of(x.size(1), 1).concat(Shape.of(node.integers("kernel_shape")));
    return Convolution.of(node, x, weight, y).grouped(x.size(1));
  }

  /** Padding behind as far as the last window reaches, which ceil_mode may leave unsaid. */
  private static Convolution reaching(Convolution c, Shape x, Shape y) {
    long[] after = c.after().clone();
    for (int i = 0; i < after.length; i++) {
      after[i] = Math.max(after[i], after[i] - c.unseen(i, x.size(i + 2), y.size(i + 2)));
    }
    return new Convolution(c.kernel(), c.strides(), c.dilations(), c.before(), after, c.group());
  }

  /** One over the elements that a window averages, at each position: [1, 1, *spatial after]. */
  private static Value shares(Ops ops, Convolution window, Shape x, Shape y, boolean padsCount) {
    int rank = window.spatialRank();
    double[] shares = {1};
    for (int axis = 0; axis < rank; axis++) {
      double[] counts = new double[(int) y.size(axis + 2)];
      for (int i = 0; i < counts.length; i++) {
        counts[i] = counted(window, axis, i, x.size(axis + 2), padsCount);
      }
      double[] next = new double[shares.length * counts.length];
      for (int i = 0; i < next.length; i++) {
        next[i] = shares[i / counts.length] / counts[i % counts.length];
      }
      shares = next;
    }
    float[] floats = new float[shares.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) shares[i];
    }
    return ops.writer().floats(floats, Shape.of(1, 1).concat(y.slice(2, y.rank())).sizes());
  }

  private static int counted(
      Convolution window, int axis, int position, long size, boolean padsCount) {
    long low = padsCount ? -window.before()[axis] : 0;
    long high = padsCount ? size + window.after()[axis] : size;
    int counted = 0;
    for (int k = 0; k < window.kernel()[axis]; k++) {
      long place =
          position * window.strides()[axis] - window.before()[axis] + k * window.dilations()[axis];
      counted += place >= low && place < high ? 1 : 0;
    }
    return counted;
  }

  /** To the first element of the window that is the maximum. */
  private static void maximum(Node node, Backward pass) {
    Ops ops = pass.ops();
    Value x = pass.input(node, 0);
    Value delta = pass.delta(node);
    Convolution padded = reaching(window(node, x.shape(), delta.shape()), x.shape(), delta.shape());
    long[] none = new long[padded.spatialRank()];
    Convolution window =
        new Convolution(
            padded.kernel(), padded.strides(), padded.dilations(), none, none, padded.group());
    Value wide = padded(ops, x, padded);
    long channels = x.shape().size(1);
    long elements = window.kernelElements();
    Value unfold = oneHot(ops, channels, elements, window);
    Value patches = window.apply(ops, wide, unfold, null);
    long positions = delta.shape().slice(2, delta.rank()).elements();
    Shape byWindow = Shape.batch(channels, elements, positions);
    String first =
        ops.writer()
            .node(
                "ArgMax",
                List.of(ops.reshape(patches, byWindow).name()),
                attribute("axis", 2),
                attribute("keepdims", 0));
    Value chosen = Masks.oneHot(ops, first, byWindow, 2);
    Value spread = ops.mul(chosen, ops.reshape(delta, Shape.batch(channels, 1, positions)));
    Value back =
        ConvolutionRule.transposed(ops, window, wide, unfold, ops.reshape(spread, patches.shape()));
    pass.add(x.name(), ops.pad(back, outwards(padded.before()), outwards(padded.after())));
  }

  private static long[] outwards(long[] pads) {
    long[] cropped = new long[pads.length + 2];
    for (int i = 0; i < pads.length; i++) {
      cropped[i + 2] = -pads[i];
    }
    return cropped;
  }

  private static Value padded(Ops ops, Value x, Convolution window) {
    int rank = x.rank();
    long[] pads = new long[2 * rank];
    Shape shape = x.shape();
    for (int i = 0; i < rank - 2; i++) {
      pads[i + 2] = window.before()[i];
      pads[rank + i + 2] = window.after()[i];
      shape = shape.with(i + 2, x.shape().size(i + 2) + window.before()[i] + window.after()[i]);
    }
    if (shape.equals(x.shape())) {
      return x;
    }
    String lowest = ops.writer().floats(new float[] {LOWEST}).name();
    return new Value(
        ops.writer().node("Pad", List.of(x.name(), ops.writer().longs(pads), lowest)), shape);
  }

  /** Kernels that turn each channel into one channel per element of the window. */
  private static Value oneHot(Ops ops, long channels, long elements, Convolution window) {
    float[] kernels = new float[(int) (channels * elements * elements)];
    for (int row = 0; row < channels * elements; row++) {
      kernels[(int) (row * elements + row % elements)] = 1;
    }
    return ops.writer().floats(kernels, kernelShape(channels * elements, window));
  }
}
