package dev.cairn.gradients.rules;

import static dev.cairn.gradients.graph.GraphWriter.attribute;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The geometry of a convolution, explicit: automatic padding resolved, defaults filled in.
 *
 * @param kernel size of the window along each spatial axis
 * @param before padding before each spatial axis
 * @param after padding after each spatial axis
 */
record Convolution(
    long[] kernel, long[] strides, long[] dilations, long[] before, long[] after, long group) {

  static Convolution of(Node node, Shape input, Shape weight, Shape output) {
    int rank = weight.rank() - 2;
    long[] kernel = weight.slice(2, weight.rank()).sizes();
    long[] strides = orOnes(node.integers("strides"), rank);
    long[] dilations = orOnes(node.integers("dilations"), rank);
    long[] before = new long[rank];
    long[] after = new long[rank];
    String automatic = node.text("auto_pad", "NOTSET");
    long[] pads = node.integers("pads");
    for (int i = 0; i < rank; i++) {
      if (automatic.startsWith("SAME")) {
        long covered = (output.size(i + 2) - 1) * strides[i] + dilations[i] * (kernel[i] - 1) + 1;
        long total = Math.max(0, covered - input.size(i + 2));
        before[i] = automatic.equals("SAME_LOWER") ? (total + 1) / 2 : total / 2;
        after[i] = total - before[i];
      } else if (automatic.equals("NOTSET") && pads != null) {
        before[i] = pads[i];
        after[i] = pads[rank + i];
      }
    }
    return new Convolution(kernel, strides, dilations, before, after, node.integer("group", 1));
  }

  /** Unit stride, no padding, a window of one element. */
  static Convolution pointwise(long[] point, long group) {
    long[] none = new long[point.length];
    return new Convolution(point, point, point, none, none, group);
  }

  private static long[] orOnes(long[] values, int rank) {
    if (values != null) {
      return values;
    }
    long[] ones = new long[rank];
    Arrays.fill(ones, 1);
    return ones;
  }

  int spatialRank() {
    return kernel.length;
  }

  long kernelElements() {
    return Arrays.stream(kernel).reduce(1, Math::multiplyExact);
  }

  boolean hasUnitStride() {
    return Arrays.stream(strides).allMatch(s -> s == 1);
  }

  /** Unit strides and dilations, one group, padding within the kernel's reach. */
  boolean isPlain() {
    return hasUnitStride()
        && group == 1
        && Arrays.stream(dilations).allMatch(d -> d == 1)
        && IntStream.range(0, kernel.length)
            .allMatch(i -> before[i] < kernel[i] && after[i] < kernel[i]);
  }

  Convolution grouped(long newGroup) {
    return new Convolution(kernel, strides, dilations, before, after, newGroup);
  }

  /** Input elements beyond the last window, which no output sees. */
  long unseen(int axis, long inputSize, long outputSize) {
    long covered = (outputSize - 1) * strides[axis] + dilations[axis] * (kernel[axis] - 1) + 1;
    return inputSize + before[axis] + after[axis] - covered;
  }

  /** The convolution itself, with another weight: [outputs, inputs / group, *kernel]. */
  Value apply(Ops ops, Value x, Value weight, Value bias) {
    Shape shape = x.shape().with(1, weight.shape().size(0));
    for (int i = 0; i < spatialRank(); i++) {
      long padded = x.shape().size(i + 2) + before[i] + after[i];
      shape = shape.with(i + 2, (padded - dilations[i] * (kernel[i] - 1) - 1) / strides[i] + 1);
    }
    List<String> inputs =
        Stream.of(x, weight, bias).filter(v -> v != null).map(Value::name).toList();
    long[] pads = Arrays.copyOf(before, 2 * spatialRank());
    System.arraycopy(after, 0, pads, spatialRank(), spatialRank());
    return new Value(
        ops.writer()
            .node(
                "Conv",
                inputs,
                attribute("kernel_shape", kernel),
                attribute("strides", strides),
                attribute("dilations", dilations),
                attribute("pads", pads),
                attribute("group", group)),
        shape);
  }
}
