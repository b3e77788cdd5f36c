package dev.cairn.gradients;

import static dev.cairn.gradients.TinyGraph.text;

import java.util.ArrayList;
import java.util.List;

/** Cutting out, surrounding, enlarging. */
final class WindowCases {
  private WindowCases() {}

  static List<RuleCase> all() {
    List<RuleCase> cases = new ArrayList<>();
    windows(cases);
    return cases;
  }

  private static void windows(List<RuleCase> cases) {
    cases.add(slice("", new long[] {1}, new long[] {3}, new long[] {2}, new long[] {1}));
    cases.add(
        slice(
            "from the end, in steps",
            new long[] {-1, 0},
            new long[] {-9, 6},
            new long[] {1, 2},
            new long[] {-2, 3}));
    cases.add(
        new RuleCase(
            "Pad",
            "with zeros",
            RuleCase.through(2, 3, 3)
                .constant("p4", new long[] {0, 0, 1, 0, 0, 0, 2, 3})
                .node("Pad", "h,p4 -> a")
                .node("Exp", "a -> y")));
    cases.add(
        new RuleCase(
            "Pad",
            "that crops",
            RuleCase.through(2, 3, 3)
                .constant("p4", new long[] {0, 0, -1, 0, 0, 0, 1, -2})
                .node("Pad", "h,p4 -> a")
                .node("Exp", "a -> y")));
    for (String mode : List.of("reflect", "edge")) {
      cases.add(
          new RuleCase(
              "Pad",
              mode,
              RuleCase.through(2, 3, 4)
                  .constant("p4", new long[] {0, 0, 2, 1, 0, 0, 1, 3})
                  .node("Pad", "h,p4 -> a", text("mode", mode))
                  .node("Exp", "a -> y")));
    }
    cases.add(
        new RuleCase(
            "Pad",
            "wrap",
            RuleCase.through(3, 4)
                .opset(19)
                .constant("p3", new long[] {0, 1, 2, 0, 2, 1})
                .node("Pad", "h,p3 -> a", text("mode", "wrap"))
                .node("Exp", "a -> y")));
    cases.add(
        new RuleCase(
            "Resize",
            "of an image",
            RuleCase.through(2, 3, 2)
                .constant("s", new float[] {1, 1, 2, 3}, 4)
                .node("Resize", "h,,s -> r", TinyGraph.nearestBefore())
                .node("Exp", "r -> y")));
    cases.add(
        new RuleCase(
            "Resize",
            "of a sequence, half-pixel",
            RuleCase.through(2, 3)
                .constant("s", new float[] {1, 1, 3}, 3)
                .node("Resize", "h,,s -> r", text("mode", "nearest"))
                .node("Exp", "r -> y")));
  }

  private static RuleCase slice(
      String what, long[] starts, long[] ends, long[] axes, long[] steps) {
    return new RuleCase(
        "Slice",
        what,
        RuleCase.through(5, 6)
            .constant("starts", starts)
            .constant("ends", ends)
            .constant("axes", axes)
            .constant("steps", steps)
            .node("Slice", "h,starts,ends,axes,steps -> s")
            .node("Exp", "s -> y"));
  }
}
