package dev.cairn.gradients.rules;

import dev.cairn.gradients.GradientException;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
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
    return ops.reshape(ops.reduceSum(rows, false, axes), Shape.batch().concat(shape));
  }
}
