package dev.cairn.gradients.features;

import dev.cairn.gradients.graph.Shape;
import java.util.Arrays;
import java.util.List;

/** Shapes as the layout record gives them. */
final class Shapes {
  private Shapes() {}

  static List<Integer> integers(Shape shape) {
    return Arrays.stream(shape.sizes()).mapToObj(Math::toIntExact).toList();
  }
}
