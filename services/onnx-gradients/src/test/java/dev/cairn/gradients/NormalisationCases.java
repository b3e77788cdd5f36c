package dev.cairn.gradients;

import static dev.cairn.gradients.TinyGraph.integer;
import static dev.cairn.gradients.TinyGraph.number;

import java.util.ArrayList;
import java.util.List;

/** Normalisations. */
final class NormalisationCases {
  private NormalisationCases() {}

  static List<RuleCase> all() {
    List<RuleCase> cases = new ArrayList<>();
    normalisations(cases);
    return cases;
  }

  private static void normalisations(List<RuleCase> cases) {
    cases.add(
        new RuleCase(
            "InstanceNormalization",
            "",
            RuleCase.through(3, 2, 4)
                .parameter("c", 3)
                .parameter("b", 3)
                .node("InstanceNormalization", "h,c,b -> y", number("epsilon", 0.01f))));
    cases.add(
        new RuleCase(
            "LayerNormalization",
            "over the last axis",
            RuleCase.through(3, 5)
                .parameter("c", 5)
                .parameter("b", 5)
                .node("LayerNormalization", "h,c,b -> y", number("epsilon", 0.01f))));
    cases.add(
        new RuleCase(
            "LayerNormalization",
            "over two axes, no shift",
            RuleCase.through(3, 4)
                .parameter("c", 3, 4)
                .node("LayerNormalization", "h,c -> y", integer("axis", -2))));
    cases.add(
        new RuleCase(
            "InstanceNormalization",
            "as group normalisation",
            RuleCase.through(4, 3, 2)
                .parameter("c", 4, 1, 1)
                .parameter("b", 4, 1, 1)
                .constant("one", new float[] {1, 1}, 2)
                .constant("zero", new float[] {0, 0}, 2)
                .constant("g", new long[] {0, 2, -1})
                .constant("s", new long[] {-1, 4, 3, 2})
                .node("Reshape", "h,g -> r")
                .node("InstanceNormalization", "r,one,zero -> n", number("epsilon", 0.01f))
                .node("Reshape", "n,s -> u")
                .node("Mul", "u,c -> m")
                .node("Add", "m,b -> y")));
    cases.add(group("one scale a group", 18, 2));
    cases.add(group("one scale a channel", 21, 4));
    cases.add(
        new RuleCase(
            "RMSNormalization",
            "",
            RuleCase.through(3, 5)
                .opset(23)
                .parameter("c", 5)
                .node("RMSNormalization", "h,c -> y", number("epsilon", 0.01f))));
    cases.add(
        new RuleCase(
            "BatchNormalization",
            "in inference",
            RuleCase.through(3, 2, 2)
                .parameter("c", 3)
                .parameter("b", 3)
                .constant("mean", new float[] {0.1f, -0.2f, 0.3f}, 3)
                .constant("variance", new float[] {0.5f, 1, 2}, 3)
                .node("BatchNormalization", "h,c,b,mean,variance -> y")));
  }

  private static RuleCase group(String what, int opset, int scales) {
    return new RuleCase(
        "GroupNormalization",
        what,
        RuleCase.through(4, 3, 2)
            .opset(opset)
            .parameter("c", scales)
            .parameter("b", scales)
            .node(
                "GroupNormalization",
                "h,c,b -> y",
                number("epsilon", 0.01f),
                integer("num_groups", 2)));
  }
}
