package dev.cairn.gradients.graph;

/** A named float tensor of the graph, with its shape. */
public record Value(String name, Shape shape) {
  public int rank() {
    return shape.rank();
  }
}
