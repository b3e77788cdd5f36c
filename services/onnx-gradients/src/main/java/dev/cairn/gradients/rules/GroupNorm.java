package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.ForwardGraph;
import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.graph.Value;

/**
 * Group normalisation as exporters write it: y = γ ⊙ reshape(instanceNorm(reshape(x), 1, 0)) + β.
 *
 * @param end the node that makes y
 * @param normalisation the node in the middle, on [batch, groups, elements]
 * @param x [batch, channels, *spatial]
 * @param scale γ, one element a channel
 * @param shift β, one element a channel
 */
record GroupNorm(Node end, Node normalisation, Value x, String scale, String shift) {

  /** The normalisation that ends at a node, or null where there is none. */
  static GroupNorm match(Node add, Backward pass) {
    ForwardGraph graph = pass.graph();
    Node mul = producerOfEither(graph, add, "Add", "Mul");
    Node after = mul == null ? null : producerOfEither(graph, mul, "Mul", "Reshape");
    Node norm = after == null ? null : producer(graph, after.input(0), "InstanceNormalization");
    Node before = norm == null ? null : producer(graph, norm.input(0), "Reshape");
    if (before == null || !pass.isActive(before.input(0))) {
      return null;
    }
    Value x = graph.value(before.input(0));
    Value unit = graph.value(after.output());
    String shift = other(add, mul.output());
    String scale = other(mul, after.output());
    boolean matches =
        graph.shape(norm.output()).rank() == 3
            && x.shape().equals(unit.shape())
            && x.rank() > 2
            && x.shape().isBatched()
            && x.shape().dim(0).equals(graph.shape(norm.output()).dim(0))
            && isPerChannel(graph, scale, x.shape())
            && isPerChannel(graph, shift, x.shape())
            && isAll(graph, norm.input(1), 1)
            && isAll(graph, norm.input(2), 0)
            && !pass.isWeight(norm.input(1))
            && !pass.isWeight(norm.input(2));
    return matches ? new GroupNorm(add, norm, x, scale, shift) : null;
  }

  private static Node producerOfEither(
      ForwardGraph graph, Node node, String operator, String wanted) {
    if (!node.operator().equals(operator)) {
      return null;
    }
    Node left = producer(graph, node.input(0), wanted);
    return left != null ? left : producer(graph, node.input(1), wanted);
  }

  private static Node producer(ForwardGraph graph, String value, String operator) {
    Node producer = graph.producer(value);
    return producer != null && producer.operator().equals(operator) ? producer : null;
  }

  private static String other(Node node, String operand) {
    return node.input(0).equals(operand) ? node.input(1) : node.input(0);
  }

  private static boolean isPerChannel(ForwardGraph graph, String name, Shape x) {
    int rank = graph.isConstant(name) ? graph.shape(name).rank() : 0;
    return rank >= x.rank() - 1
        && graph.shape(name).elements() == x.size(1)
        && graph.shape(name).size(1 - x.rank()) == x.size(1);
  }

  private static boolean isAll(ForwardGraph graph, String name, float wanted) {
    if (!graph.isConstant(name)) {
      return false;
    }
    for (float element : Tensors.floats(graph.constant(name))) {
      if (element != wanted) {
        return false;
      }
    }
    return true;
  }
}
