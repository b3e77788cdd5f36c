package dev.cairn.gradients.rules;

import static dev.cairn.gradients.graph.GraphWriter.attribute;

import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import dev.cairn.gradients.onnx.TensorProto;
import java.util.List;

/** Comparisons as numbers: 1 where they hold, else 0. */
final class Masks {
  private Masks() {}

  static Value equal(Ops ops, Value a, Value b) {
    return compare(ops, "Equal", a, b);
  }

  static Value positive(Ops ops, Value x) {
    return compare(ops, "Greater", x, ops.writer().scalar(0));
  }

  static Value below(Ops ops, Value x, double bound) {
    return compare(ops, "Less", x, ops.writer().scalar(bound));
  }

  private static Value compare(Ops ops, String operator, Value a, Value b) {
    String holds = ops.writer().node(operator, List.of(a.name(), b.name()));
    String number =
        ops.writer()
            .node("Cast", List.of(holds), attribute("to", TensorProto.DataType.FLOAT.getNumber()));
    return new Value(number, Shape.broadcast(a.shape(), b.shape()));
  }

  /**
   * One-hot vectors along a new axis.
   *
   * @param indices name of an integer tensor
   * @param shape of the result
   */
  static Value oneHot(Ops ops, String indices, Shape shape, int axis) {
    Value values = ops.writer().floats(new float[] {0, 1}, 2);
    String name =
        ops.writer()
            .node(
                "OneHot",
                List.of(indices, ops.writer().longs(shape.size(axis)), values.name()),
                attribute("axis", axis));
    return new Value(name, shape);
  }
}
