package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;

/**
 * How a gradient passes backwards through one operator.
 *
 * <p>A rule reads the gradient at the node's output ({@link Backward#delta}) and adds to those of
 * the inputs that {@link Backward#needs} one.
 */
@FunctionalInterface
public interface Rule {
  void backward(Node node, Backward pass);
}
