package dev.cairn.gradients;

import static dev.cairn.gradients.TinyGraph.integer;
import static dev.cairn.gradients.TinyGraph.ints;
import static dev.cairn.gradients.TinyGraph.text;

import java.util.ArrayList;
import java.util.List;

/** Operators that move elements about. */
final class LayoutCases {
  private LayoutCases() {}

  static List<RuleCase> all() {
    List<RuleCase> cases = new ArrayList<>();
    layout(cases);
    return cases;
  }

  private static void layout(List<RuleCase> cases) {
    cases.add(
        new RuleCase(
            "Reshape",
            "",
            RuleCase.through(3, 4)
                .constant("s", new long[] {0, 2, -1})
                .node("Reshape", "h,s -> r")
                .node("Exp", "r -> y")));
    cases.add(
        new RuleCase(
            "Flatten", "", RuleCase.through(3, 4).node("Flatten", "h -> r").node("Exp", "r -> y")));
    cases.add(
        new RuleCase(
            "Unsqueeze",
            "and Squeeze",
            RuleCase.through(3)
                .constant("a", new long[] {1, 3})
                .node("Unsqueeze", "h,a -> u")
                .node("Exp", "u -> y")));
    cases.add(
        new RuleCase(
            "Squeeze",
            "",
            RuleCase.through(3, 1)
                .constant("a", new long[] {-1})
                .node("Squeeze", "h,a -> u")
                .node("Exp", "u -> y")));
    cases.add(
        new RuleCase(
            "Transpose",
            "",
            RuleCase.through(2, 3, 4)
                .node("Transpose", "h -> t", ints("perm", 0, 3, 1, 2))
                .node("Exp", "t -> y")));
    cases.add(
        new RuleCase(
            "Expand",
            "",
            RuleCase.through(3, 1)
                .constant("s", new long[] {1, 3, 4})
                .node("Expand", "h,s -> e")
                .node("Mul", "e,e -> y")));
    cases.add(
        new RuleCase(
            "Concat",
            "of active and plain values",
            RuleCase.through(2, 3)
                .node("Tanh", "h -> t")
                .node("Concat", "h,x,t -> c", integer("axis", -1))
                .node("Exp", "c -> y")));
    cases.add(
        new RuleCase(
            "Split",
            "with one part unused",
            RuleCase.through(6, 2)
                .constant("s", new long[] {2, 1, 3})
                .node("Split", "h,s -> a,b,c", integer("axis", 1))
                .node("Concat", "c,a -> d", integer("axis", 1))
                .node("Exp", "d -> y")));
    cases.add(
        new RuleCase(
            "Tile",
            "one axis of one, one of more",
            RuleCase.through(1, 3)
                .constant("r", new long[] {1, 4, 2})
                .node("Tile", "h,r -> t")
                .node("Mul", "t,t -> y")));
    for (String mode : List.of("DCR", "CRD")) {
      cases.add(
          new RuleCase(
              "DepthToSpace",
              mode,
              RuleCase.through(8, 2, 3)
                  .node("DepthToSpace", "h -> d", integer("blocksize", 2), text("mode", mode))
                  .node("Exp", "d -> y")));
    }
    cases.add(
        new RuleCase(
            "SpaceToDepth",
            "",
            RuleCase.through(2, 4, 6)
                .node("SpaceToDepth", "h -> d", integer("blocksize", 2))
                .node("Exp", "d -> y")));
  }
}
