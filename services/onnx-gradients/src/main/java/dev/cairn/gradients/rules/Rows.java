package dev.cairn.gradients.rules;

import dev.cairn.gradients.GradientException;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Keeps the rows of a batch apart where a parameter's gradient is summed up. */
public final class Rows {
  private Rows() {}

  /** [batch × k, …] as [batch, k, …]; a value that leads with the plain batch stays as it is. */
  public static Value split(Ops ops, String parameter, Value x) {
    if (!x.shape().isBatched()) {
      throw new GradientException(
          "Parameter '%s' is used on a value of shape %s, whose leading axis is not the batch: its gradient has no rows"
              .formatted(parameter, x.shape()));
    }
    long perRow = x.shape().dim(0).size();
    Shape rest = x.shape().slice(1, x.rank());
    return perRow == 1 ? x : ops.reshape(x, Shape.batch(perRow).concat(rest));
  }

  /** A gradient in the shape of a node's output, summed to [batch, *shape of the parameter]. */
  public static Value sum(Ops ops, String parameter, Value gradient, Shape shape) {
    int leadingOnes = 0;
    while (leadingOnes < shape.rank() && shape.size(leadingOnes) == 1) {
      leadingOnes++;
    }
    Shape core = shape.slice(leadingOnes, shape.rank());
    if (core.rank() >= gradient.rank()) {
      throw new GradientException(
          "Parameter '%s' of shape %s spans the batch axis of %s: its gradient has no rows"
              .formatted(parameter, shape, gradient.shape()));
    }
    Value rows = split(ops, parameter, gradient);
    int lead = rows.rank() - core.rank();
    int[] axes =
        IntStream.range(1, rows.rank()).filter(i -> i < lead || core.size(i - lead) == 1).toArray();
    Value summed =
        axes.length == lead - 1 && lead > 1 && core.elements() > 1
            ? sumOfPositions(ops, rows, lead)
            : ops.reduceSum(rows, false, axes);
    return ops.reshape(summed, Shape.batch().concat(shape));
  }

  /**
   * Sum over axes 1 to lead, by a product with ones. The runtime's own sum over axes in the middle
   * adds up in another order when there is one row only: its bits would depend on the batch.
   */
  private static Value sumOfPositions(Ops ops, Value rows, int lead) {
    long positions = rows.shape().slice(1, lead).elements();
    Shape rest = rows.shape().slice(lead, rows.rank());
    float[] ones = new float[Math.toIntExact(positions)];
    Arrays.fill(ones, 1);
    return ops.matMul(
        ops.writer().floats(ones, 1, positions),
        ops.reshape(rows, Shape.batch(positions, rest.elements())));
  }
}
