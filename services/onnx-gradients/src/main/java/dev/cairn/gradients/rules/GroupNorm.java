package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.ForwardGraph;
import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.graph.Value;
import java.util.Set;

/**
 * Group normalisation: the operator of opset 21, or as exporters write it before, y = γ ⊙
 * reshape(instanceNorm(reshape(x), 1, 0)) + β.
 *
 * @param end the node that makes y
 * @param x [batch, channels, *spatial]
 * @param groups channels are divided into
 * @param scale γ, one element a channel
 * @param shift β, one element a channel
 */
record GroupNorm(Node end, Value x, long groups, float epsilon, String scale, String shift) {
  private static final long CHANNELS_HAVE_SCALES = 21;
  private static final float FAR = 1e-3f;

  /** The normalisation that ends at a node, or null where there is none. */
  static GroupNorm match(Node end, Backward pass) {
    return end.operator().equals("GroupNormalization") ? operator(end, pass) : pattern(end, pass);
  }

  private static GroupNorm operator(Node node, Backward pass) {
    ForwardGraph graph = pass.graph();
    Value x = pass.input(node, 0);
    boolean matches =
        graph.opset() >= CHANNELS_HAVE_SCALES
            && pass.isActive(x.name())
            && x.rank() > 2
            && x.shape().isBatched()
            && graph.isConstant(node.input(1))
            && graph.isConstant(node.input(2));
    return matches
        ? new GroupNorm(
            node,
            x,
            node.integer("num_groups", 1),
            node.number("epsilon", 1e-5f),
            node.input(1),
            node.input(2))
        : null;
  }

  private static GroupNorm pattern(Node add, Backward pass) {
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
    String shift = perChannel(graph, other(add, mul.output()), x.shape());
    String scale = perChannel(graph, other(mul, after.output()), x.shape());
    boolean matches =
        graph.shape(norm.output()).rank() == 3
            && x.shape().equals(unit.shape())
            && x.rank() > 2
            && x.shape().isBatched()
            && x.shape().dim(0).equals(graph.shape(norm.output()).dim(0))
            && scale != null
            && shift != null
            && isAll(graph, norm.input(1), 1)
            && isAll(graph, norm.input(2), 0)
            && !pass.isWeight(norm.input(1))
            && !pass.isWeight(norm.input(2));
    return matches
        ? new GroupNorm(
            add, x, graph.shape(norm.output()).size(1), norm.number("epsilon", 1e-5f), scale, shift)
        : null;
  }

  /** Whether each γ is known, not in a file of weights, and far enough from zero to divide by. */
  boolean scalesDifferFromZero(ForwardGraph graph) {
    if (!graph.isConstant(scale) || !Tensors.isHere(graph.constant(scale))) {
      return false;
    }
    float largest = 0;
    float smallest = Float.MAX_VALUE;
    for (float gamma : Tensors.floats(graph.constant(scale))) {
      largest = Math.max(largest, Math.abs(gamma));
      smallest = Math.min(smallest, Math.abs(gamma));
    }
    return smallest > FAR * largest;
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

  /** The constant that has one element a channel, perhaps before it got axes of one; or null. */
  private static String perChannel(ForwardGraph graph, String name, Shape x) {
    Shape shape = graph.shape(name);
    if (shape.dependsOnBatch()
        || shape.rank() < x.rank() - 1
        || shape.elements() != x.size(1)
        || shape.size(1 - x.rank()) != x.size(1)) {
      return null;
    }
    Node producer = graph.producer(name);
    if (producer == null) {
      return graph.isConstant(name) ? name : null;
    }
    boolean arranged = Set.of("Reshape", "Unsqueeze").contains(producer.operator());
    return arranged && graph.isConstant(producer.input(0)) ? producer.input(0) : null;
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
