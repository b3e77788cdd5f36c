package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.stream.IntStream;

/**
 * A sum of an image and one number a channel: how a denoiser tells its layers the time.
 *
 * @param image [batch, channels, *spatial]
 * @param vector [batch, channels, 1, …]
 */
record AddedVector(Value image, Value vector) {

  /** The sum that makes a value which is read once only, or null where there is none. */
  static AddedVector match(Value sum, Backward pass) {
    Node add = pass.graph().producer(sum.name());
    if (add == null
        || !add.operator().equals("Add")
        || pass.hasContribution(sum.name())
        || pass.graph().consumers(sum.name()).size() != 1) {
      return null;
    }
    return IntStream.of(0, 1)
        .mapToObj(side -> new AddedVector(pass.input(add, side), pass.input(add, 1 - side)))
        .filter(added -> added.fits(sum.shape(), pass))
        .findFirst()
        .orElse(null);
  }

  private boolean fits(Shape sum, Backward pass) {
    return pass.isActive(image.name())
        && image.shape().equals(sum)
        && vector.rank() == sum.rank()
        && vector.shape().isBatched()
        && vector.shape().dim(0).equals(sum.dim(0))
        && vector.shape().dim(1).equals(sum.dim(1))
        && IntStream.range(2, sum.rank()).allMatch(axis -> vector.shape().size(axis) == 1)
        && !pass.isWeight(vector.name());
  }
}
