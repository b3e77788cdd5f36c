package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;

/**
 * A cheaper way past several operators at once, tried at the last of them before its rule.
 *
 * <p>A shortcut adds to the gradients of the first operator's inputs directly. Values in between
 * then receive nothing from this node; where they fan out, their other uses still reach them.
 */
@FunctionalInterface
public interface Shortcut {
  /**
   * @return whether the pattern was there and has been dealt with; if not, nothing was added
   */
  boolean backward(Node node, Backward pass);
}
