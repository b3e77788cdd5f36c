package dev.cairn.gradients.rules;

import static dev.cairn.gradients.graph.GraphWriter.attribute;

import dev.cairn.gradients.graph.ForwardGraph;
import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.graph.Value;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Group normalisation as exporters write it: y = γ ⊙ reshape(instanceNorm(reshape(x), 1, 0)) + β.
 *
 * <p>Sums per channel, s₁ = Σ δ and s₂ = Σ δ x̂, are the gradients of β and γ, and give both means
 * of the normalisation's gradient: dx = (γ δ − m₁ − x̂ m₂) / σ with m₁ = Σ γ s₁ / n and m₂ = Σ γ s₂
 * / n over a group's channels, n its elements. So δ and x̂ are read twice and three arrays of their
 * size written; the rules one by one write a dozen.
 */
final class GroupNormShortcut {
  private final Backward pass;
  private final Ops ops;
  private final Node end;
  private final Node normalisation;
  private final Value x;
  private final Value unit;
  private final String scale;
  private final String shift;
  private final long channels;
  private final long groups;
  private final long positions;

  private GroupNormShortcut(
      Backward pass,
      Node end,
      Node normalisation,
      Value x,
      Value unit,
      String scale,
      String shift) {
    this.pass = pass;
    this.ops = pass.ops();
    this.end = end;
    this.normalisation = normalisation;
    this.x = x;
    this.unit = unit;
    this.scale = scale;
    this.shift = shift;
    this.channels = x.shape().size(1);
    this.groups = pass.value(normalisation.output()).shape().size(1);
    this.positions = x.shape().slice(2, x.rank()).elements();
  }

  static boolean backward(Node node, Backward pass) {
    GroupNormShortcut match = match(node, pass);
    if (match == null) {
      return false;
    }
    match.backward(pass.delta(node));
    return true;
  }

  private static GroupNormShortcut match(Node add, Backward pass) {
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
            && !pass.parameters().isParameter(norm.input(1))
            && !pass.parameters().isParameter(norm.input(2));
    return matches ? new GroupNormShortcut(pass, add, norm, x, unit, scale, shift) : null;
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

  private void backward(Value delta) {
    Value grouped = pass.input(normalisation, 0);
    // Forward: y = c γ / σ + β, with c centred.
    int begin = ops.writer().nodes().size();
    Value gamma = gammaByGroup();
    Value mean = ops.mul(ops.reduceSum(grouped, true, 2), 1.0 / elements());
    Value centred = ops.sub(grouped, mean);
    Value squares = ops.reduceSum(ops.mul(centred, centred), false, 2);
    Value epsilon = ops.writer().scalar(normalisation.number("epsilon", 1e-5f));
    Value variance = ops.add(ops.mul(squares, 1.0 / elements()), epsilon);
    Value inverse = ops.div(ops.writer().scalar(1), ops.unary("Sqrt", variance));
    Value slope = ops.matMul(inverse, gamma);
    Value beta = ops.reshape(pass.value(shift), Shape.of(channels));
    Value zero = ops.mul(slope, 0);
    Value y = affine(centred, channels, slope, ops.add(zero, beta), zero);
    ops.writer().replace(end, begin, y.name());
    // Backward.
    int[] spatial = IntStream.range(2, x.rank()).toArray();
    Value image = ops.reshape(centred, x.shape());
    Value sums = ops.reduceSum(delta, false, spatial);
    Value products = ops.reduceSum(ops.mul(delta, image), false, spatial);
    direct(shift, sums);
    if (pass.parameters().isParameter(scale)) {
      Shape own = Shape.batch().concat(pass.graph().shape(scale));
      Value members = members();
      pass.parameters()
          .direct(scale, () -> ops.reshape(ops.mul(products, ops.matMul(inverse, members)), own));
    }
    Value average = ops.mul(ops.transposeMatrix(gamma), -1.0 / elements());
    Value constant = ops.mul(inverse, ops.matMul(sums, average));
    Value cube = ops.div(inverse, variance);
    Value along = ops.mul(cube, ops.matMul(products, average));
    Shape broadcast = Shape.batch(channels);
    for (int i = 2; i < x.rank(); i++) {
      broadcast = broadcast.concat(Shape.of(1));
    }
    Value scaled = ops.mul(delta, ops.reshape(slope, broadcast));
    pass.add(
        x.name(), ops.add(scaled, affine(centred, groups, along, constant, ops.mul(constant, 0))));
  }

  private void direct(String name, Value sums) {
    if (pass.parameters().isParameter(name)) {
      Shape own = Shape.batch().concat(pass.graph().shape(name));
      pass.parameters().direct(name, () -> ops.reshape(sums, own));
    }
  }

  private long elements() {
    return channels / groups * positions;
  }

  /** Which channel belongs to which group, [groups, channels] of ones and zeros. */
  private Value members() {
    float[] members = new float[(int) (groups * channels)];
    for (int channel = 0; channel < channels; channel++) {
      members[(int) (channel / (channels / groups) * channels + channel)] = 1;
    }
    return ops.writer().floats(members, groups, channels);
  }

  /** γ where a channel is of a group, else 0. */
  private Value gammaByGroup() {
    return ops.mul(members(), ops.reshape(pass.value(scale), Shape.of(1, channels)));
  }

  /**
   * factor c + constant, per row and each of {@code parts}. BatchNormalization with rows and parts
   * as its channels is the one standard operator that does this in a single pass.
   */
  private Value affine(Value centred, long parts, Value factor, Value constant, Value zero) {
    Shape flat = new Shape(List.of(new Shape.Dim(parts, true)));
    String zeros = ops.reshape(zero, flat).name();
    Shape asChannels = Shape.of(1).concat(flat).concat(Shape.of(channels / parts * positions));
    String name =
        ops.writer()
            .node(
                "BatchNormalization",
                List.of(
                    ops.reshape(centred, asChannels).name(),
                    ops.reshape(factor, flat).name(),
                    ops.reshape(constant, flat).name(),
                    zeros,
                    zeros),
                attribute("epsilon", 1f));
    return ops.reshape(new Value(name, asChannels), x.shape());
  }
}
