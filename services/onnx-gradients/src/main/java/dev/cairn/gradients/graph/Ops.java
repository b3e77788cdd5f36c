package dev.cairn.gradients.graph;

import static dev.cairn.gradients.graph.GraphWriter.attribute;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** ONNX operators as functions of values, each knowing its result's shape. */
public final class Ops {
  /** Channels that the runtime packs together, and positions that fill 4,096 bytes. */
  private static final long PACKED = 16;

  private static final long COLLIDING = 1024;

  private final GraphWriter writer;
  private final Map<String, Value> beforeReshape = new HashMap<>();
  private final Map<String, Transposed> beforeTranspose = new HashMap<>();

  /** What a transposed value was made of. */
  private record Transposed(Value origin, int[] permutation) {}

  public Ops(GraphWriter writer) {
    this.writer = writer;
  }

  public GraphWriter writer() {
    return writer;
  }

  public Value add(Value a, Value b) {
    return binary("Add", a, b);
  }

  public Value sub(Value a, Value b) {
    return binary("Sub", a, b);
  }

  public Value mul(Value a, Value b) {
    return binary("Mul", a, b);
  }

  public Value mul(Value a, double factor) {
    return factor == 1 ? a : mul(a, writer.scalar(factor));
  }

  public Value div(Value a, Value b) {
    return binary("Div", a, b);
  }

  public Value binary(String operator, Value a, Value b) {
    return new Value(
        writer.node(operator, List.of(a.name(), b.name())), Shape.broadcast(a.shape(), b.shape()));
  }

  /** An elementwise function of one argument: Neg, Exp, Sqrt, … */
  public Value unary(String operator, Value x) {
    return new Value(writer.node(operator, List.of(x.name())), x.shape());
  }

  /** Sum over axes (ascending, not negative); without any it is the value itself. */
  public Value reduceSum(Value x, boolean keep, int... axes) {
    if (axes.length == 0) {
      return x;
    }
    long[] longAxes = Arrays.stream(axes).asLongStream().toArray();
    String sum =
        writer.node(
            "ReduceSum",
            List.of(x.name(), writer.longs(longAxes)),
            attribute("keepdims", keep ? 1 : 0));
    Shape shape = x.shape();
    for (int axis : axes) {
      shape = shape.with(axis, 1);
    }
    if (!keep) {
      Shape kept = shape;
      shape =
          new Shape(
              IntStream.range(0, x.rank())
                  .filter(i -> Arrays.stream(axes).noneMatch(a -> a == i))
                  .mapToObj(kept::dim)
                  .toList());
    }
    return new Value(sum, shape);
  }

  /** The same elements in another shape; a reshape of a reshape starts from the first again. */
  public Value reshape(Value x, Shape shape) {
    Value origin = beforeReshape.getOrDefault(x.name(), x);
    if (origin.shape().equals(shape)) {
      return origin;
    }
    String target = writer.longs(shape.reshapeTarget());
    Value reshaped = new Value(writer.node("Reshape", List.of(origin.name(), target)), shape);
    beforeReshape.put(reshaped.name(), origin);
    return reshaped;
  }

  /** Axes in another order; a transpose of a transpose starts from the first again. */
  public Value transpose(Value x, int... permutation) {
    Transposed before = beforeTranspose.get(x.name());
    if (before != null) {
      int[] composed = Arrays.stream(permutation).map(i -> before.permutation()[i]).toArray();
      return transpose(before.origin(), composed);
    }
    if (Arrays.equals(permutation, IntStream.range(0, x.rank()).toArray())) {
      return x;
    }
    long[] perm = Arrays.stream(permutation).asLongStream().toArray();
    Value transposed =
        new Value(
            writer.node("Transpose", List.of(x.name()), attribute("perm", perm)),
            x.shape().permute(permutation));
    beforeTranspose.put(transposed.name(), new Transposed(x, permutation.clone()));
    return transposed;
  }

  /** Transpose of the last two axes. */
  public Value transposeMatrix(Value x) {
    int[] permutation = IntStream.range(0, x.rank()).toArray();
    permutation[x.rank() - 1] = x.rank() - 2;
    permutation[x.rank() - 2] = x.rank() - 1;
    return transpose(x, permutation);
  }

  /**
   * The image that a convolution made, [batch, channels, height, width], by way of channels last.
   *
   * <p>The runtime's convolutions keep 8 or 16 channels beside each other. Where channels first lie
   * a multiple of 4,096 bytes apart, taking them out writes as many lines of the same set of the
   * cache at a time; 16 cost three times what they do elsewhere. To channels last it costs no more
   * there, and a transposed matrix no more than a pass over memory.
   */
  public Value unpacked(Value image) {
    Shape shape = image.shape();
    boolean collides =
        shape.rank() == 4
            && shape.size(1) >= PACKED
            && shape.size(2) * shape.size(3) % COLLIDING == 0;
    return collides ? channelsFirst(transpose(image, 0, 2, 3, 1)) : image;
  }

  /** [batch, height, width, channels] with channels first, as a matrix. */
  public Value channelsFirst(Value image) {
    Shape shape = image.shape();
    Shape rows = shape.slice(0, 1);
    Shape matrix = rows.concat(Shape.of(shape.size(1) * shape.size(2), shape.size(3)));
    return reshape(
        transposeMatrix(reshape(image, matrix)),
        rows.concat(Shape.of(shape.size(3), shape.size(1), shape.size(2))));
  }

  /** Matrix product over the last two axes, the axes before them broadcast. */
  public Value matMul(Value a, Value b) {
    Shape stack =
        Shape.broadcast(a.shape().slice(0, a.rank() - 2), b.shape().slice(0, b.rank() - 2));
    Shape matrix = new Shape(List.of(a.shape().dim(-2), b.shape().dim(-1)));
    return new Value(writer.node("MatMul", List.of(a.name(), b.name())), stack.concat(matrix));
  }

  /**
   * Inner products of two equally shaped values over their last axis, the other axes kept. One pass
   * over memory: the runtime's product of a row with a transposed row, which moves nothing.
   */
  public Value dot(Value a, Value b) {
    long length = a.shape().size(-1);
    Shape lead = a.shape().slice(0, a.rank() - 1);
    Shape.Dim count = new Shape.Dim(lead.elements(), lead.dependsOnBatch());
    Shape rows = new Shape(List.of(count)).concat(Shape.of(1, length));
    return reshape(matMul(reshape(a, rows), transposeMatrix(reshape(b, rows))), lead);
  }

  public Value concat(int axis, List<Value> parts) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    long size = parts.stream().mapToLong(p -> p.shape().size(axis)).sum();
    return new Value(
        writer.node("Concat", parts.stream().map(Value::name).toList(), attribute("axis", axis)),
        parts.getFirst().shape().with(axis, size));
  }

  /** Elements start, start + step, … (count of them) along an axis; the step may be negative. */
  public Value slice(Value x, int axis, long start, long count, long step) {
    if (start == 0 && step == 1 && count == x.shape().size(axis)) {
      return x;
    }
    long end = start + count * step;
    String name =
        writer.node(
            "Slice",
            List.of(
                x.name(),
                writer.longs(start),
                // An end before element 0 can only be said by "as far as it goes".
                writer.longs(end < 0 ? Long.MIN_VALUE + 1 : end),
                writer.longs(axis),
                writer.longs(step)));
    return new Value(name, x.shape().with(axis, count));
  }

  /** Zeros before and after along each axis; negative counts crop. */
  public Value pad(Value x, long[] before, long[] after) {
    if (Arrays.stream(before).allMatch(p -> p == 0) && Arrays.stream(after).allMatch(p -> p == 0)) {
      return x;
    }
    long[] pads = new long[2 * x.rank()];
    Shape shape = x.shape();
    for (int i = 0; i < x.rank(); i++) {
      pads[i] = before[i];
      pads[x.rank() + i] = after[i];
      if (before[i] != 0 || after[i] != 0) {
        shape = shape.with(i, shape.size(i) + before[i] + after[i]);
      }
    }
    return new Value(writer.node("Pad", List.of(x.name(), writer.longs(pads))), shape);
  }

  /** Puts step − 1 zeros between neighbours along an axis. */
  public Value dilate(Value x, int axis, long step) {
    if (step == 1) {
      return x;
    }
    long size = x.shape().size(axis);
    Shape split = x.shape().slice(0, axis + 1).concat(Shape.of(1));
    split = split.concat(x.shape().slice(axis + 1, x.rank()));
    long[] after = new long[split.rank()];
    after[axis + 1] = step - 1;
    Value padded = pad(reshape(x, split), new long[split.rank()], after);
    return slice(
        reshape(padded, x.shape().with(axis, size * step)), axis, 0, (size - 1) * step + 1, 1);
  }

  /** Repeats a value's axes of one until it has another value's shape. */
  public Value spread(Value x, Value like) {
    String shape = writer.node("Shape", List.of(like.name()));
    return new Value(writer.node("Expand", List.of(x.name(), shape)), like.shape());
  }

  /** Sum of equally shaped values. */
  public Value sum(List<Value> terms) {
    Value sum = terms.getFirst();
    for (Value term : terms.subList(1, terms.size())) {
      sum = add(sum, term);
    }
    return sum;
  }

  /** Sums away what broadcasting has spread: from a result's shape back to an operand's. */
  public Value unbroadcast(Value x, Shape operand) {
    List<Integer> axes = new ArrayList<>();
    int lead = x.rank() - operand.rank();
    for (int i = 0; i < x.rank(); i++) {
      boolean spread = i < lead || operand.dim(i - lead).isOne();
      if (spread && !(x.shape().dim(i).isOne() && i >= lead)) {
        axes.add(i);
      }
    }
    int[] summedAxes = axes.stream().mapToInt(i -> i).toArray();
    return reshape(
        isMiddle(x, summedAxes) ? sumOfMiddle(x, summedAxes) : reduceSum(x, true, summedAxes),
        operand);
  }

  /** Whether axes follow each other, with axes that stay before and behind them. */
  private static boolean isMiddle(Value x, int[] axes) {
    return axes.length > 0
        && axes[0] > 0
        && axes[axes.length - 1] - axes[0] == axes.length - 1
        && x.shape().slice(axes[axes.length - 1] + 1, x.rank()).elements() > 1
        && !x.shape().slice(1, x.rank()).dependsOnBatch();
  }

  /**
   * Sum over axes in the middle, by a product with ones. The runtime's own adds up in another order
   * when there is one row only: its bits would depend on the batch.
   */
  private Value sumOfMiddle(Value x, int[] axes) {
    int end = axes[axes.length - 1] + 1;
    long positions = x.shape().slice(axes[0], end).elements();
    long rest = x.shape().slice(end, x.rank()).elements();
    Shape lead = x.shape().slice(0, axes[0]);
    float[] ones = new float[Math.toIntExact(positions)];
    Arrays.fill(ones, 1);
    return matMul(
        writer.floats(ones, 1, positions), reshape(x, lead.concat(Shape.of(positions, rest))));
  }
}
