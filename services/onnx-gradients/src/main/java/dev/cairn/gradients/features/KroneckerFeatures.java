package dev.cairn.gradients.features;

import dev.cairn.gradients.ParameterFeatures;
import dev.cairn.gradients.ParameterFeatures.Kind;
import dev.cairn.gradients.Projection;
import dev.cairn.gradients.ProjectionBases;
import dev.cairn.gradients.graph.ForwardGraph;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import dev.cairn.gradients.rules.LinearGradient;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Each layer's gradient matrix projected from both sides; gradients are never materialised. */
public final class KroneckerFeatures {
  private final ForwardGraph graph;
  private final Ops ops;
  private final ParameterGradients found;
  private final ProjectionBases matrices;

  private KroneckerFeatures(
      ForwardGraph graph, Ops ops, ParameterGradients found, ProjectionBases bases) {
    this.graph = graph;
    this.ops = ops;
    this.found = found;
    this.matrices = bases;
  }

  public static Features write(
      ForwardGraph graph,
      Ops ops,
      List<String> parameters,
      ParameterGradients found,
      Projection.Kronecker projection) {
    var features = new KroneckerFeatures(graph, ops, found, projection.bases());
    List<ParameterFeatures> layout =
        Ranks.assign(features.blocks(parameters), projection.dimension());
    List<Value> parts = layout.stream().map(features::block).toList();
    return new Features(Optional.of(ops.concat(1, parts)), layout, new LinkedHashMap<>());
  }

  /** The blocks of a layer each, as they would be before projection. */
  static List<ParameterFeatures> blocks(
      ForwardGraph graph, Ops ops, List<String> parameters, ParameterGradients found) {
    return new KroneckerFeatures(graph, ops, found, null).blocks(parameters);
  }

  /** One block per weight (with its bias) or vector, not yet reduced. */
  private List<ParameterFeatures> blocks(List<String> parameters) {
    Map<String, String> pairs = BiasPairs.find(graph, new HashSet<>(parameters));
    Set<String> paired = new HashSet<>(pairs.values());
    List<ParameterFeatures> blocks = new ArrayList<>();
    for (String name : parameters) {
      List<Integer> shape = Shapes.integers(graph.shape(name));
      List<LinearGradient> uses = found.linear(name);
      if (!uses.isEmpty() && found.direct(name).isEmpty()) {
        LinearGradient use = uses.getFirst();
        String bias = pairs.get(name);
        int dIn = use.dIn() + (bias == null ? 0 : 1);
        blocks.add(
            new ParameterFeatures(
                name, bias, Kind.KRONECKER, shape, use.transposed(), use.dOut(), dIn, 0, 0, 0));
      } else if (!paired.contains(name)) {
        int elements = Math.toIntExact(graph.shape(name).elements());
        blocks.add(
            new ParameterFeatures(name, null, Kind.VECTOR, shape, false, elements, 1, 0, 1, 0));
      }
    }
    return blocks;
  }

  private Value block(ParameterFeatures layer) {
    ops.writer().scope(layer.name());
    if (layer.kind() == Kind.KRONECKER) {
      return ops.sum(
          found.linear(layer.name()).stream()
              .map(use -> use.projected(ops, layer, matrices))
              .toList());
    }
    Value gradient = IdentityFeatures.gradient(ops, layer.name(), found);
    Value flat = ops.reshape(gradient, Shape.batch(layer.dOut()));
    return layer.rOut() == layer.dOut()
        ? flat
        : ops.matMul(
            flat,
            ops.transposeMatrix(
                ops.writer().floats(matrices.out(layer), layer.rOut(), layer.dOut())));
  }
}
