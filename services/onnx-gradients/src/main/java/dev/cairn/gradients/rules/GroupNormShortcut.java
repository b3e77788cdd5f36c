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
    this.groups = norm.groups();
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
    // Forward: y = c γ / σ + β, with c centred.
    int begin = ops.writer().nodes().size();
    Value grouped = ops.reshape(x, x.shape().slice(0, 1).concat(Shape.of(groups, elements())));
    Value gamma = gammaByGroup();
    Value mean = ops.mul(ops.reduceSum(grouped, true, 2), 1.0 / elements());
    Value centred = ops.sub(grouped, mean);
    Value squares = ops.reduceSum(ops.mul(centred, centred), false, 2);
    // Of sums, not of means: n σ² here.
    double each = norm.epsilon();
    Value epsilon = ops.writer().scalar(elements() * each);
    Value variance = ops.add(squares, epsilon);
    Value root = ops.writer().scalar(StrictMath.sqrt(elements()));
    Value inverse = ops.div(root, ops.unary("Sqrt", variance));
    Value slope = ops.matMul(inverse, gamma);
    Value beta = ops.reshape(pass.value(norm.shift()), Shape.of(channels));
    Value y = forward(centred, slope, beta);
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
    Value total = ops.mul(ops.transposeMatrix(gamma), -1);
    Value along = ops.mul(ops.div(inverse, variance), ops.matMul(products, total));
    Value scaled = ops.mul(delta, ops.reshape(slope, perChannel()));
    pass.add(x.name(), ops.add(scaled, backward(centred, along, constant)));
  }

  private void direct(String name, Supplier<Value> sums) {
    if (pass.isWeight(name)) {
      Shape own = Shape.batch().concat(pass.graph().shape(name));
      pass.direct(name, () -> ops.reshape(sums.get(), own));
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

  /** y = c γ / σ + β. */
  private Value forward(Value centred, Value slope, Value beta) {
    Value zero = ops.mul(slope, 0);
    return affine(centred, channels, slope, ops.add(zero, beta), ops.reshape(zero, flat(channels)));
  }

  /** c ⊙ along + constant, per row and group. */
  private Value backward(Value centred, Value along, Value constant) {
    Value zeros =
        pass.shared("zeros " + groups, () -> ops.reshape(ops.mul(constant, 0), flat(groups)));
    return affine(centred, groups, along, constant, zeros);
  }

  /** [batch, channels, 1, …]. */
  private Shape perChannel() {
    Shape shape = Shape.batch(channels);
    for (int i = 2; i < x.rank(); i++) {
      shape = shape.concat(Shape.of(1));
    }
    return shape;
  }

  private static Shape flat(long parts) {
    return new Shape(List.of(new Shape.Dim(parts, true)));
  }

  /**
   * factor c + constant, per row and each of {@code parts}. BatchNormalization with rows and parts
   * as its channels is the one standard operator that does this in a single pass.
   */
  private Value affine(Value centred, long parts, Value factor, Value constant, Value zeros) {
    Shape asChannels =
        Shape.of(1).concat(flat(parts)).concat(Shape.of(channels / parts * positions));
    String name =
        ops.writer()
            .node(
                "BatchNormalization",
                List.of(
                    ops.reshape(centred, asChannels).name(),
                    ops.reshape(factor, flat(parts)).name(),
                    ops.reshape(constant, flat(parts)).name(),
                    zeros.name(),
                    zeros.name()),
                attribute("epsilon", 1f));
    return ops.reshape(new Value(name, asChannels), x.shape());
  }
}
