package dev.cairn.gradients.rules;

import static dev.cairn.gradients.graph.GraphWriter.attribute;

import dev.cairn.gradients.ParameterFeatures;
import dev.cairn.gradients.ProjectionBases;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.List;
import java.util.Optional;

/**
 * A weight used as y_s = W a_s at positions s of a row.
 *
 * @param weight the initialiser
 * @param input a, [batch, positions, in]
 * @param delta δ, [batch, positions, out]
 */
record DenseGradient(Value weight, Value input, Value delta, boolean transposed)
    implements LinearGradient {
  private static final boolean DELTA_IS_TRANSPOSED = true;

  /** Takes inputs of any rank, all axes but the row's and the last being positions. */
  static DenseGradient of(Ops ops, Value weight, Value input, Value delta, boolean transposed) {
    return new DenseGradient(
        weight,
        positions(ops, weight.name(), input),
        positions(ops, weight.name(), delta),
        transposed);
  }

  private static Value positions(Ops ops, String weight, Value x) {
    Value rows = Rows.split(ops, weight, x);
    long count = rows.shape().slice(1, rows.rank() - 1).elements();
    return ops.reshape(rows, Shape.batch(count, rows.shape().size(-1)));
  }

  @Override
  public int dOut() {
    return (int) delta.shape().size(2);
  }

  @Override
  public int dIn() {
    return (int) input.shape().size(2);
  }

  /** G = Σ_s δ_s a_sᵀ, or its transpose. */
  @Override
  public Value gradient(Ops ops) {
    return transposed
        ? ops.matMul(ops.transposeMatrix(input), delta)
        : ops.matMul(ops.transposeMatrix(delta), input);
  }

  /** One product over the positions of all rows. */
  @Override
  public Value summed(Ops ops) {
    Value left = transposed ? input : delta;
    Value right = transposed ? delta : input;
    String product =
        ops.writer()
            .node(
                "Gemm",
                List.of(flat(ops, left).name(), flat(ops, right).name()),
                attribute("transA", 1));
    return new Value(product, weight.shape());
  }

  private static Value flat(Ops ops, Value x) {
    Shape.Dim all = new Shape.Dim(x.shape().size(1), true);
    return ops.reshape(x, new Shape(List.of(all, x.shape().dim(2))));
  }

  @Override
  public Value projected(Ops ops, ParameterFeatures layer, ProjectionBases matrices) {
    Value a = projectedInput(ops, layer, matrices.in(layer));
    Value product;
    long positions = delta.shape().size(1);
    Value out = ops.writer().floats(matrices.out(layer), layer.rOut(), layer.dOut());
    if (layer.rOut() == layer.dOut()) {
      product = ops.matMul(ops.transposeMatrix(delta), a);
    } else if (Contraction.positionsFirst(layer, positions, DELTA_IS_TRANSPOSED)) {
      product = ops.matMul(out, ops.matMul(ops.transposeMatrix(delta), a));
    } else {
      Value projected = ops.matMul(flat(ops, delta), ops.transposeMatrix(out));
      Value rows = ops.reshape(projected, Shape.batch(positions, layer.rOut()));
      product = ops.matMul(ops.transposeMatrix(rows), a);
    }
    return ops.reshape(product, Shape.batch(layer.length()));
  }

  /** P_in [a_s; 1], [batch, positions, rIn]. */
  private Value projectedInput(Ops ops, ParameterFeatures layer, float[] in) {
    int r = layer.rIn();
    if (r == dIn() && layer.bias() == null) {
      return input;
    }
    float[] columns = new float[dIn() * r];
    float[] constant = new float[r];
    for (int row = 0; row < r; row++) {
      for (int column = 0; column < dIn(); column++) {
        columns[column * r + row] = in[row * layer.dIn() + column];
      }
      constant[row] = layer.bias() == null ? 0 : in[row * layer.dIn() + dIn()];
    }
    // As one matrix of all rows' positions: then the runtime adds the constant within the product.
    long positions = input.shape().size(1);
    Shape rows = new Shape(List.of(new Shape.Dim(positions, true)));
    Value matrix = ops.reshape(input, rows.concat(Shape.of(dIn())));
    Value projected = ops.matMul(matrix, ops.writer().floats(columns, dIn(), r));
    Value whole =
        layer.bias() == null ? projected : ops.add(projected, ops.writer().floats(constant, r));
    return ops.reshape(whole, Shape.batch(positions, r));
  }

  @Override
  public Optional<Value> inputs(Ops ops) {
    return Optional.of(input);
  }

  @Override
  public Optional<Value> outputGradients(Ops ops) {
    return Optional.of(delta);
  }
}
