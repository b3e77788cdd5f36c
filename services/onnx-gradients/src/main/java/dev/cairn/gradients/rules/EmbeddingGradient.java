package dev.cairn.gradients.rules;

import static dev.cairn.gradients.graph.GraphWriter.attribute;

import dev.cairn.gradients.ParameterFeatures;
import dev.cairn.gradients.ProjectionBases;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.List;

/**
 * A table of embeddings looked up at positions s of a row: a linear map of one-hot vectors, so that
 * P_in of an input is a column of P_in.
 *
 * @param table the initialiser, [entries, width]
 * @param indices name of the integer tensor
 * @param delta δ, [batch, positions, width]
 */
record EmbeddingGradient(Value table, String indices, long positions, Value delta)
    implements LinearGradient {
  @Override
  public int dOut() {
    return (int) delta.shape().size(2);
  }

  @Override
  public int dIn() {
    return (int) table.shape().size(0);
  }

  @Override
  public boolean transposed() {
    return true;
  }

  @Override
  public Value gradient(Ops ops) {
    String rows = ops.writer().node("Reshape", List.of(indices, ops.writer().longs(-1, positions)));
    Value oneHot = Masks.oneHot(ops, rows, Shape.batch(positions, dIn()), 2);
    return ops.matMul(ops.transposeMatrix(oneHot), delta);
  }

  @Override
  public Value projected(Ops ops, ParameterFeatures layer, ProjectionBases matrices) {
    Value in = ops.writer().floats(matrices.in(layer), layer.rIn(), layer.dIn());
    String rows = ops.writer().node("Reshape", List.of(indices, ops.writer().longs(-1, positions)));
    String picked =
        ops.writer()
            .node("Gather", List.of(ops.transposeMatrix(in).name(), rows), attribute("axis", 0));
    Value a = new Value(picked, Shape.batch(positions, layer.rIn()));
    Value out = ops.writer().floats(matrices.out(layer), layer.rOut(), layer.dOut());
    Value d = layer.rOut() == layer.dOut() ? delta : ops.matMul(delta, ops.transposeMatrix(out));
    return ops.reshape(ops.matMul(ops.transposeMatrix(d), a), Shape.batch(layer.length()));
  }
}
