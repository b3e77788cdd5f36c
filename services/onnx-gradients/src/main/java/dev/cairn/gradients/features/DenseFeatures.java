package dev.cairn.gradients.features;

import dev.cairn.gradients.DenseProjection;
import dev.cairn.gradients.GradientException;
import dev.cairn.gradients.ParameterFeatures;
import dev.cairn.gradients.Projection;
import dev.cairn.gradients.graph.ForwardGraph;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** The whole flattened gradient, projected by a dense matrix of signs. */
public final class DenseFeatures {
  /** Of constants in the graph: a protobuf message holds 2 GiB at most. */
  private static final long MOST_ENTRIES = 400_000_000;

  private DenseFeatures() {}

  public static Features write(
      ForwardGraph graph,
      Ops ops,
      List<String> parameters,
      ParameterGradients found,
      Projection.Dense projection) {
    int k = projection.dimension();
    long elements = parameters.stream().mapToLong(p -> graph.shape(p).elements()).sum();
    if (elements > MOST_ENTRIES / k) {
      throw new GradientException(
          "projection dense: a matrix of %d × %d numbers is too large; choose fewer parameters, a smaller dimension, or the projection kronecker"
              .formatted(k, elements));
    }
    DenseProjection matrices = new DenseProjection(projection.seed(), k);
    List<ParameterFeatures> layout = new ArrayList<>();
    List<Value> parts = new ArrayList<>();
    int offset = 0;
    for (String name : parameters) {
      ops.writer().scope(name);
      ParameterFeatures block = IdentityFeatures.block(name, graph.shape(name), offset);
      Value gradient = IdentityFeatures.gradient(ops, name, found);
      Value flat = ops.reshape(gradient, Shape.batch(block.length()));
      Value signs = ops.writer().floats(matrices.matrix(name, block.length()), k, block.length());
      parts.add(ops.matMul(flat, ops.transposeMatrix(signs)));
      layout.add(block);
      offset += block.length();
    }
    return new Features(Optional.of(ops.sum(parts)), layout, new LinkedHashMap<>());
  }
}
