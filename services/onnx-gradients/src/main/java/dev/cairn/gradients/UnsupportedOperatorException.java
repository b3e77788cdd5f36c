package dev.cairn.gradients;

import java.util.List;

/** An operator between a parameter and the prediction that no rule differentiates. */
public final class UnsupportedOperatorException extends GradientException {
  /**
   * @param detail what exactly is not supported, or empty when the whole operator is not
   * @param path names of the nodes from this one to the prediction
   */
  public UnsupportedOperatorException(
      String node, String operator, long opset, String detail, List<String> path) {
    super(
        "Node '%s': no differentiation rule for operator %s%s (opset %d); it lies on the path %s"
            .formatted(
                node,
                operator,
                detail.isEmpty() ? "" : " with " + detail,
                opset,
                String.join(" -> ", path)));
  }
}
