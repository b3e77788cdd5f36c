package dev.cairn.gradients.rules;

import static dev.cairn.gradients.graph.GraphWriter.attribute;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Group normalisation in few passes over memory, forward and backward.
 *
 * <p>With c = x − mean and σ² = variance + ε per group, y = c γ / σ + β. The runtime's own
 * normalisation keeps σ to itself, so the forward pass is written anew around c. Backward, sums per
 * channel s₁ = Σ δ and s₂ = Σ δ c give everything: dβ = s₁, dγ = s₂ / σ, and dx = γ δ / σ − c Σ γ
 * s₂ / (n σ³) − Σ γ s₁ / (n σ), sums over a group's channels, n its elements.
 */
final class GroupNormShortcut {
  private final Backward pass;
  private final Ops ops;
  private final GroupNorm norm;
  private final Value x;
  private final long channels;
  private final long groups;
  private final long positions;

  private GroupNormShortcut(Backward pass, GroupNorm norm) {
    this.pass = pass;
    this.ops = pass.ops();
    this.norm = norm;
    this.x = norm.x();
    this.channels = x.shape().size(1);
    this.groups = pass.value(norm.normalisation().output()).shape().size(1);
    this.positions = x.shape().slice(2, x.rank()).elements();
  }

  static boolean backward(Node node, Backward pass) {
    GroupNorm norm = GroupNorm.match(node, pass);
    if (norm == null) {
      return false;
    }
    new GroupNormShortcut(pass, norm).backward(pass.delta(node));
    return true;
  }

  private void backward(Value delta) {
    Value grouped = pass.input(norm.normalisation(), 0);
    // Forward: y = c γ / σ + β, with c centred.
    int begin = ops.writer().nodes().size();
    Value gamma = gammaByGroup();
    Value mean = ops.mul(ops.reduceSum(grouped, true, 2), 1.0 / elements());
    Value centred = ops.sub(grouped, mean);
    Value squares = ops.reduceSum(ops.mul(centred, centred), false, 2);
    Value epsilon = ops.writer().scalar(norm.normalisation().number("epsilon", 1e-5f));
    Value variance = ops.add(ops.mul(squares, 1.0 / elements()), epsilon);
    Value inverse = ops.div(ops.writer().scalar(1), ops.unary("Sqrt", variance));
    Value slope = ops.matMul(inverse, gamma);
    Value beta = ops.reshape(pass.value(norm.shift()), Shape.of(channels));
    Value zero = ops.mul(slope, 0);
    Value y = affine(centred, channels, slope, ops.add(zero, beta), zero);
    ops.writer().replace(norm.end(), begin, y.name());
    // Backward.
    int[] spatial = IntStream.range(2, x.rank()).toArray();
    Value image = ops.reshape(centred, x.shape());
    Value sums = ops.reduceSum(delta, false, spatial);
    Value products = ops.reduceSum(ops.mul(delta, image), false, spatial);
    direct(norm.shift(), () -> sums);
    Value members = members();
    direct(norm.scale(), () -> ops.mul(products, ops.matMul(inverse, members)));
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

  private void direct(String name, Supplier<Value> sums) {
    if (pass.parameters().isParameter(name)) {
      Shape own = Shape.batch().concat(pass.graph().shape(name));
      pass.parameters().direct(name, () -> ops.reshape(sums.get(), own));
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
    return ops.mul(members(), ops.reshape(pass.value(norm.scale()), Shape.of(1, channels)));
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
