package dev.cairn.gradients.rules;

import static dev.cairn.gradients.graph.GraphWriter.attribute;

import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * A convolution of an image enlarged s times by nearest neighbours, computed on the small image.
 *
 * <p>Output s i + p sees x[i + ⌊(p + t − pad) / s⌋] through the kernel's element t: elements that
 * see the same x are summed beforehand. For 3 × 3 and s = 2 each of the four phases p is a
 * convolution with a 2 × 2 kernel, together 4/9 of the work.
 */
final class PhasedConvolution {
  /** Below, moving the phases' outputs to their places costs what the narrower kernels save. */
  private static final int ENOUGH_CHANNELS = 32;

  /** Elements a row from which on two moves of contiguous parts cost less than DepthToSpace. */
  private static final int LARGE = 1 << 15;

  private final Ops ops;
  private final Convolution large;
  private final Value weight;
  private final int scale;

  private PhasedConvolution(Ops ops, Convolution large, Value weight, int scale) {
    this.ops = ops;
    this.large = large;
    this.weight = weight;
    this.scale = scale;
  }

  static boolean fits(Convolution large, Value small, Value y, long[] scale) {
    return small.shape().size(1) >= ENOUGH_CHANNELS
        && scale[0] == scale[1]
        && scale[0] > 1
        && y.shape().size(2) == scale[0] * small.shape().size(2)
        && y.shape().size(3) == scale[0] * small.shape().size(3);
  }

  /**
   * @param large the convolution of the enlarged image, plain
   * @param weight [out, in, *kernel]
   * @param small the image before it is enlarged, [batch, in, height, width]
   * @param bias [out], or null
   * @return [batch, out, s height, s width]
   */
  static Value apply(Ops ops, Convolution large, Value weight, Value small, Value bias, int scale) {
    return new PhasedConvolution(ops, large, weight, scale).apply(small, bias);
  }

  private Value apply(Value small, Value bias) {
    List<Value> phases = new ArrayList<>();
    for (int row = 0; row < scale; row++) {
      for (int column = 0; column < scale; column++) {
        phases.add(phase(row, column, small, bias));
      }
    }
    Value stacked = ops.concat(1, phases);
    Shape shape = phases.getFirst().shape();
    Shape whole = shape.with(2, scale * shape.size(2)).with(3, scale * shape.size(3));
    if (whole.slice(1, 4).elements() >= LARGE) {
      return spread(stacked, shape);
    }
    String spread =
        ops.writer()
            .node("DepthToSpace", List.of(stacked.name()), attribute("blocksize", (long) scale));
    return new Value(spread, whole);
  }

  /** As DepthToSpace, with channels last: so rows of phases move as wholes. */
  private Value spread(Value stacked, Shape phase) {
    Shape batch = phase.slice(0, 1);
    long height = phase.size(2);
    long width = phase.size(3);
    long channels = phase.size(1);
    Shape parts = batch.concat(Shape.of(height, width, scale, scale * channels));
    Value last = ops.reshape(ops.transpose(stacked, 0, 2, 3, 1), parts);
    Shape whole = batch.concat(Shape.of(scale * height, scale * width, channels));
    return ops.channelsFirst(ops.reshape(ops.transpose(last, 0, 1, 3, 2, 4), whole));
  }

  private Value phase(int row, int column, Value small, Value bias) {
    int[] phase = {row, column};
    long[] before = new long[2];
    long[] after = new long[2];
    long[] kernel = new long[2];
    for (int axis = 0; axis < 2; axis++) {
      before[axis] = -seen(axis, phase[axis], 0);
      after[axis] = seen(axis, phase[axis], (int) large.kernel()[axis] - 1);
      kernel[axis] = before[axis] + after[axis] + 1;
    }
    long[] unit = {1, 1};
    return new Convolution(kernel, unit, unit, before, after, 1)
        .apply(ops, small, merged(phase, before, kernel), bias);
  }

  /** Which element of the small image, counted from the output's own, the kernel's element sees. */
  private int seen(int axis, int phase, int element) {
    return Math.floorDiv(phase + element - (int) large.before()[axis], scale);
  }

  /** The kernel with elements summed that see the same: a product with ones and zeros. */
  private Value merged(int[] phase, long[] before, long[] kernel) {
    int height = (int) large.kernel()[0];
    int width = (int) large.kernel()[1];
    int columns = (int) (kernel[0] * kernel[1]);
    float[] sums = new float[height * width * columns];
    for (int i = 0; i < height; i++) {
      for (int j = 0; j < width; j++) {
        long row = seen(0, phase[0], i) + before[0];
        long column = seen(1, phase[1], j) + before[1];
        sums[(i * width + j) * columns + (int) (row * kernel[1] + column)] = 1;
      }
    }
    Shape outer = weight.shape().slice(0, 2);
    Value elements = ops.reshape(weight, outer.concat(Shape.of((long) height * width)));
    Value product = ops.matMul(elements, ops.writer().floats(sums, (long) height * width, columns));
    return ops.reshape(product, outer.concat(Shape.of(kernel)));
  }
}
