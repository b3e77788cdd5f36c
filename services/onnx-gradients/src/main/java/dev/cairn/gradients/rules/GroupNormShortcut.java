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
  /**
   * From so many elements on, an inner product costs less than products and their sum: in a group,
   * and in a channel, of which there are more and each is a call.
   */
  private static final long MANY = 4096;

  private static final long LONG = 512;

  private final Backward pass;
  private final Ops ops;
  private final GroupNorm norm;
  private final Value x;
  private final long channels;
  private final long groups;
  private final long positions;

  // Of the forward pass: what x is a sum of, or null; γ where a channel is of a group, c, n σ² and
  // 1 / σ by group, γ / σ, and for a sum Σ c per channel.
  private AddedVector added;
  private Value gamma;
  private Value centred;
  private Value variance;
  private Value inverse;
  private Value slope;
  private Value centredSums;

  GroupNormShortcut(Backward pass, GroupNorm norm) {
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
    GroupNormShortcut shortcut = new GroupNormShortcut(pass, norm);
    shortcut.forward();
    shortcut.backward(pass.delta(node));
    return true;
  }

  /** y = c γ / σ + β with c centred. */
  void forward() {
    int begin = ops.writer().nodes().size();
    added = isLarge() ? AddedVector.match(x, pass) : null;
    Value image = Packed.unpacked(added == null ? x : added.image(), pass);
    Value grouped = ops.reshape(image, byGroup());
    gamma = gammaByGroup();
    if (added == null) {
      centre(grouped);
    } else {
      centreSum(image);
    }
    Value squares = squares();
    // Of sums, not of means: n σ² here.
    double each = norm.epsilon();
    Value epsilon = ops.writer().scalar(elements() * each);
    variance = ops.add(squares, epsilon);
    Value root = ops.writer().scalar(StrictMath.sqrt(elements()));
    inverse = ops.div(root, ops.unary("Sqrt", variance));
    slope = ops.matMul(inverse, gamma);
    Value beta = ops.reshape(pass.value(norm.shift()), Shape.of(channels));
    Value zero = ops.mul(slope, 0);
    Value y =
        affine(centred, channels, slope, ops.add(zero, beta), ops.reshape(zero, flat(channels)));
    ops.writer().replace(norm.end(), begin, y.name());
  }

  private void centre(Value grouped) {
    Value mean = ops.mul(ops.reduceSum(grouped, true, 2), 1.0 / elements());
    centred = ops.sub(grouped, mean);
    pass.gate(x.name(), mean);
  }

  /**
   * c of a sum of an image and a number t a channel, in no more passes than c of the image: to each
   * channel t − mean is added, and the mean is known from sums of the image alone.
   */
  private void centreSum(Value image) {
    Value sums = ops.reduceSum(ops.reshape(image, byChannel()), false, 2);
    Value times = ops.reshape(added.vector(), x.shape().slice(0, 2));
    Value ofGroups = ops.mul(ops.transposeMatrix(members()), -1.0 / elements());
    Value whole = ops.add(sums, ops.mul(times, positions));
    Value minusMean = ops.matMul(ops.matMul(whole, ofGroups), members());
    Value shift = ops.add(times, minusMean);
    Value each = ops.reshape(shift, x.shape().slice(0, 2).concat(Shape.of(1)));
    centred = ops.reshape(ops.add(ops.reshape(image, byChannel()), each), byGroup());
    centredSums = ops.add(sums, ops.mul(shift, positions));
    pass.gate(x.name(), each);
  }

  private Shape byGroup() {
    return x.shape().slice(0, 1).concat(Shape.of(groups, elements()));
  }

  private Shape byChannel() {
    return x.shape().slice(0, 2).concat(Shape.of(positions));
  }

  private void backward(Value delta) {
    Value image = ops.reshape(centred, x.shape());
    Value sums = ops.reduceSum(delta, false, spatial());
    Value products = products(delta, image);
    direct(norm.shift(), () -> sums);
    Value members = members();
    direct(norm.scale(), () -> ops.mul(products, ops.matMul(inverse, members)));
    Value average = ops.mul(ops.transposeMatrix(gamma), -1.0 / elements());
    Value constant = ops.mul(inverse, ops.matMul(sums, average));
    Value total = ops.mul(ops.transposeMatrix(gamma), -1);
    Value along = ops.mul(ops.div(inverse, variance), ops.matMul(products, total));
    Value scaled = ops.mul(delta, ops.reshape(slope, perChannel()));
    add(scaled, () -> ops.mul(sums, slope), along, constant);
  }

  /** Σ c² per group. */
  private Value squares() {
    return elements() < MANY
        ? ops.reduceSum(ops.mul(centred, centred), false, 2)
        : ops.dot(centred, centred);
  }

  /** Σ δ c per channel. */
  private Value products(Value delta, Value image) {
    if (positions < LONG) {
      return ops.reduceSum(ops.mul(delta, image), false, spatial());
    }
    return ops.dot(ops.reshape(delta, byChannel()), ops.reshape(image, byChannel()));
  }

  /** Whether many elements share what a group costs. */
  boolean isLarge() {
    return elements() >= MANY;
  }

  /** γ / σ ⊙ (q + 1), in one pass over memory; q has the shape of y. */
  Value scaled(Value q) {
    Value zero = ops.reshape(ops.mul(slope, 0), flat(channels));
    return affine(q, channels, slope, slope, zero);
  }

  /**
   * The gradient where γ / σ is in δ already: δ′ = δ γ / σ. It takes a pass less, and the sums over
   * a group's channels need no γ; those per channel are divided by it.
   *
   * @param delta δ′
   */
  void backwardOfScaled(Value delta) {
    Value sums = ops.reduceSum(delta, false, spatial());
    Value products = products(delta, ops.reshape(centred, x.shape()));
    direct(norm.shift(), () -> ops.div(sums, slope));
    Value scale = ops.reshape(pass.value(norm.scale()), Shape.of(channels));
    direct(norm.scale(), () -> ops.div(products, scale));
    Value ofGroups = ops.transposeMatrix(members());
    Value average = ops.mul(ofGroups, -1.0 / elements());
    Value along = ops.div(ops.matMul(products, ops.mul(ofGroups, -1)), variance);
    add(delta, () -> sums, along, ops.matMul(sums, average));
  }

  /**
   * Adds to the gradient of x: q + c ⊙ along + constant. Where x is a sum of an image and a number
   * a channel, it goes to both; summed over positions it takes no further pass.
   *
   * @param sums of q over positions
   */
  private void add(Value q, Supplier<Value> sums, Value along, Value constant) {
    Value dx = ops.add(q, backward(along, constant));
    if (added == null) {
      pass.add(x.name(), dx);
      return;
    }
    pass.add(added.image().name(), dx);
    if (pass.isActive(added.vector().name())) {
      Value slopes = ops.mul(centredSums, ops.matMul(along, members()));
      Value constants = ops.matMul(ops.mul(constant, positions), members());
      Value all = ops.add(sums.get(), ops.add(slopes, constants));
      pass.add(added.vector().name(), ops.reshape(all, added.vector().shape()));
    }
  }

  private void direct(String name, Supplier<Value> sums) {
    if (pass.isWeight(name)) {
      Shape own = Shape.batch().concat(pass.graph().shape(name));
      pass.direct(name, () -> ops.reshape(sums.get(), own));
    }
  }

  private int[] spatial() {
    return IntStream.range(2, x.rank()).toArray();
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

  /** c ⊙ along + constant, per row and group. */
  private Value backward(Value along, Value constant) {
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
