package dev.cairn.gradients.features;

import static dev.cairn.gradients.graph.GraphWriter.attribute;

import dev.cairn.gradients.GradientException;
import dev.cairn.gradients.Projection;
import dev.cairn.gradients.SparseProjection;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** What is made of a vector of features once more. */
public final class SecondStage {
  private SecondStage() {}

  /**
   * Adds signed coordinates up by target. Each target gathers its own coordinates, padded to as
   * many as the fullest has: sums in a fixed order, where scattering would leave it open.
   */
  public static Features sketch(Features first, Ops ops, Projection.Sketched projection) {
    Value vector = vector(first);
    int k = projection.dimension();
    int coordinates = Math.toIntExact(vector.shape().size(1));
    SparseProjection sparse = new SparseProjection(projection.seed(), k);
    List<List<Integer>> members = new ArrayList<>();
    for (int target = 0; target < k; target++) {
      members.add(new ArrayList<>());
    }
    for (int i = 0; i < coordinates; i++) {
      members.get(sparse.target(i)).add(i);
    }
    int most = members.stream().mapToInt(List::size).max().orElseThrow();
    long[] indices = new long[k * most];
    float[] signs = new float[k * most];
    for (int target = 0; target < k; target++) {
      for (int j = 0; j < members.get(target).size(); j++) {
        int coordinate = members.get(target).get(j);
        indices[target * most + j] = coordinate;
        signs[target * most + j] = sparse.sign(coordinate);
      }
    }
    ops.writer().scope("sketch");
    String gathered =
        ops.writer()
            .node(
                "Gather",
                List.of(vector.name(), ops.writer().longs(indices)),
                attribute("axis", 1));
    Value all = new Value(gathered, Shape.batch((long) k * most));
    Value signed = ops.mul(all, ops.writer().floats(signs, (long) k * most));
    Value sums = ops.reduceSum(ops.reshape(signed, Shape.batch(k, most)), false, 2);
    return new Features(Optional.of(sums), first.layout(), new LinkedHashMap<>());
  }

  /** Divides each row by its norm. */
  public static Features normalise(Features first, Ops ops) {
    Value vector = vector(first);
    ops.writer().scope("normalise");
    Value square = ops.reduceSum(ops.mul(vector, vector), true, 1);
    Value norm =
        ops.unary("Sqrt", ops.binary("Max", square, ops.writer().scalar(Float.MIN_NORMAL)));
    return new Features(Optional.of(ops.div(vector, norm)), first.layout(), new LinkedHashMap<>());
  }

  private static Value vector(Features first) {
    return first
        .vector()
        .orElseThrow(() -> new GradientException("projection: there are no features to project"));
  }
}
