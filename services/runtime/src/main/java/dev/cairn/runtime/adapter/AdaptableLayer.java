package dev.cairn.runtime.adapter;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.onnx.TensorProto;
import dev.cairn.gradients.scope.WeightUse;
import dev.cairn.gradients.scope.WeightUse.Form;
import java.util.List;
import java.util.Optional;

/**
 * A dense layer or a convolution.
 *
 * @param name of its module, as PyTorch has it
 * @param weight its weight as the file stores it
 * @param uses the nodes that read the weight
 */
record AdaptableLayer(String name, TensorProto weight, List<WeightUse> uses) {

  /** How a weight is stored. */
  enum Layout {
    /** [out, in, kernel…] */
    KERNEL,
    /** [out, in], as PyTorch's own dense layers. */
    OUT_IN,
    /** [in, out] */
    IN_OUT
  }

  /** Returns how the weight is stored; empty where an adapter cannot be put beside its uses. */
  Optional<Layout> layout() {
    List<Optional<Layout>> all = uses.stream().map(AdaptableLayer::layout).distinct().toList();
    return all.size() == 1 ? all.getFirst() : Optional.empty();
  }

  private static Optional<Layout> layout(WeightUse use) {
    Node node = use.node();
    boolean stored = use.form() == Form.AS_STORED;
    if (use.form() == Form.COMPUTED) {
      return Optional.empty();
    }
    return switch (node.operator()) {
      case "Conv" ->
          use.input() == 1 && stored && node.integer("group", 1) == 1
              ? Optional.of(Layout.KERNEL)
              : Optional.empty();
      case "MatMul" -> Optional.of(dense((use.input() == 0) == stored));
      case "Gemm" ->
          use.input() == 1
              ? Optional.of(dense((node.integer("transB", 0) == 1) == stored))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Layout dense(boolean outFirst) {
    return outFirst ? Layout.OUT_IN : Layout.IN_OUT;
  }

  /** Whether a pair's product has as many rows and columns as the weight. */
  boolean fits(LowRankPair pair) {
    List<Long> shape = weight.getDimsList();
    boolean inFirst = layout().equals(Optional.of(Layout.IN_OUT));
    if (shape.size() < 2 || shape.get(inFirst ? 1 : 0) != pair.up().shape()[0]) {
      return false;
    }
    long elements = shape.stream().reduce(1L, (a, b) -> a * b);
    return shape.get(inFirst ? 0 : 1) == pair.down().shape()[1]
        && pair.down().perRow() * pair.up().shape()[0] == elements;
  }
}
