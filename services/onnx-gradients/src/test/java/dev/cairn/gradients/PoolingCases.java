package dev.cairn.gradients;

import static dev.cairn.gradients.TinyGraph.integer;
import static dev.cairn.gradients.TinyGraph.ints;
import static dev.cairn.gradients.TinyGraph.text;

import dev.cairn.gradients.onnx.AttributeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Means and maxima over windows. */
final class PoolingCases {
  private PoolingCases() {}

  static List<RuleCase> all() {
    List<RuleCase> cases = new ArrayList<>();
    for (String operator : List.of("AveragePool", "MaxPool")) {
      cases.add(pool(operator, "side by side", ints("strides", 2, 2)));
      cases.add(pool(operator, "overlapping"));
      cases.add(pool(operator, "padded unevenly", ints("pads", 1, 0, 0, 1), ints("strides", 2, 1)));
      cases.add(
          pool(operator, "the last window beyond", ints("strides", 2, 2), integer("ceil_mode", 1)));
      cases.add(pool(operator, "same", text("auto_pad", "SAME_UPPER"), ints("strides", 2, 2)));
    }
    cases.add(
        pool(
            "AveragePool",
            "padding counted",
            ints("pads", 1, 1, 1, 1),
            integer("count_include_pad", 1)));
    cases.add(pool("MaxPool", "dilated", ints("dilations", 2, 1)));
    cases.add(
        new RuleCase(
            "AveragePool",
            "of a sequence",
            RuleCase.spaced(2, 6)
                .node("AveragePool", "h -> a", ints("kernel_shape", 3), ints("strides", 2))
                .node("Exp", "a -> y")));
    cases.add(
        new RuleCase(
            "GlobalAveragePool",
            "",
            RuleCase.spaced(2, 3, 2).node("GlobalAveragePool", "h -> a").node("Exp", "a -> y")));
    return cases;
  }

  private static RuleCase pool(String operator, String what, AttributeProto... attributes) {
    List<AttributeProto> all = new ArrayList<>(Arrays.asList(attributes));
    all.add(ints("kernel_shape", 2, 3));
    return new RuleCase(
        operator,
        what,
        RuleCase.spaced(2, 5, 5)
            .node(operator, "h -> a", all.toArray(AttributeProto[]::new))
            .node("Exp", "a -> y"));
  }
}
