package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.graph.Value;
import dev.cairn.gradients.onnx.TensorProto;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/** Picking by index: gradients are added up where they were picked. */
final class LookupRules {
  private LookupRules() {}

  static final Map<String, Rule> RULES =
      Map.of("Gather", LookupRules::gather, "GatherElements", LookupRules::gatherElements);

  private static void gather(Node node, Backward pass) {
    Value data = pass.input(node, 0);
    int axis = Axes.of(node, data.rank(), 0);
    TensorProto indices = pass.graph().constant(node.input(1));
    if (indices != null) {
      constant(node, pass, axis, Tensors.longs(indices));
    } else if (pass.isWeight(data.name()) && axis == 0 && pass.lead(node) == 0) {
      table(node, pass, data);
    } else {
      throw pass.unsupported(node, "indices that are computed");
    }
  }

  /** The same elements of every row. */
  private static void constant(Node node, Backward pass, int axis, long[] indices) {
    Ops ops = pass.ops();
    Shape shape = pass.gradientShape(node.input(0));
    int at = axis + pass.lead(node);
    int size = (int) shape.size(at);
    int[] picked = Arrays.stream(indices).mapToInt(i -> (int) (i < 0 ? i + size : i)).toArray();
    Value delta = ops.reshape(pass.delta(node), shape.with(at, picked.length));
    if (IntStream.range(1, picked.length).allMatch(i -> picked[i] == picked[0] + i)) {
      long[] before = new long[shape.rank()];
      long[] after = new long[shape.rank()];
      before[at] = picked[0];
      after[at] = size - picked[0] - picked.length;
      pass.add(node.input(0), ops.pad(delta, before, after));
    } else {
      float[][] picking = LinearMaps.picking(picked, size);
      pass.add(node.input(0), LinearMaps.transposed(ops, delta, at, picking));
    }
  }

  /** A table of embeddings, looked up by something that differs from row to row. */
  private static void table(Node node, Backward pass, Value table) {
    Ops ops = pass.ops();
    Shape indices = pass.graph().shape(node.input(1));
    long entries = table.shape().size(0);
    long width = table.shape().elements() / entries;
    Value delta = pass.delta(node);
    Value rows = Rows.split(ops, table.name(), delta);
    long positions = indices.elements();
    Value each = ops.reshape(rows, Shape.batch(positions, width));
    EmbeddingGradient use = new EmbeddingGradient(table, node.input(1), positions, each);
    if (table.rank() == 2) {
      pass.linear(table.name(), use);
    } else {
      pass.direct(
          table.name(), () -> ops.reshape(use.gradient(ops), Shape.batch().concat(table.shape())));
    }
  }

  /** By one-hot vectors, because older opsets cannot add where they scatter. */
  private static void gatherElements(Node node, Backward pass) {
    Ops ops = pass.ops();
    Value data = pass.input(node, 0);
    Shape indices = pass.graph().shape(node.input(1));
    int axis = Axes.of(node, data.rank(), 0);
    if (pass.lead(node) > 0 || !indices.with(axis, data.shape().dim(axis)).equals(data.shape())) {
      throw pass.unsupported(node, "indices of shape " + indices);
    }
    Shape size = Shape.of(data.shape().size(axis));
    Value oneHot = Masks.oneHot(ops, node.input(1), indices.concat(size), data.rank());
    Value delta = ops.reshape(pass.delta(node), indices.concat(Shape.of(1)));
    Value sum = ops.reduceSum(ops.mul(delta, oneHot), false, axis);
    int[] back = new int[data.rank()];
    for (int i = 0; i < back.length; i++) {
      back[i] = i < axis ? i : i == axis ? back.length - 1 : i - 1;
    }
    pass.add(data.name(), ops.transpose(sum, back));
  }
}
