package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Shape;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Axes as nodes give them: perhaps negative, perhaps left out. */
final class Axes {
  private Axes() {}

  static int of(Node node, int rank, int otherwise) {
    return normalise(node.integer("axis", otherwise), rank);
  }

  static int normalise(long axis, int rank) {
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** Ascending axes; all of them where none are given. */
  static int[] normalise(long[] axes, int rank) {
    return axes == null
        ? IntStream.range(0, rank).toArray()
        : Arrays.stream(axes).mapToInt(a -> normalise(a, rank)).sorted().toArray();
  }

  /** Axes in the order given; the first ones where none are given. */
  static long[] normalisedOrFirst(long[] axes, int count, Shape shape) {
    return axes == null
        ? LongStream.range(0, count).toArray()
        : Arrays.stream(axes).map(a -> normalise(a, shape.rank())).toArray();
  }
}
