package dev.cairn.gradients;

import static dev.cairn.gradients.TinyGraph.integer;
import static dev.cairn.gradients.TinyGraph.ints;

import java.util.ArrayList;
import java.util.List;

/** Sums, means and what is made of them. */
final class ReductionCases {
  private ReductionCases() {}

  static List<RuleCase> all() {
    List<RuleCase> cases = new ArrayList<>();
    reductions(cases);
    return cases;
  }

  private static void reductions(List<RuleCase> cases) {
    cases.add(
        new RuleCase(
            "ReduceSum",
            "",
            RuleCase.through(2, 3, 2)
                .constant("a", new long[] {1, -1})
                .node("ReduceSum", "h,a -> s", integer("keepdims", 0))
                .node("Exp", "s -> y")));
    cases.add(
        new RuleCase(
            "ReduceMean",
            "",
            RuleCase.through(2, 3, 2)
                .node("ReduceMean", "h -> s", ints("axes", 2, 3))
                .node("Exp", "s -> y")));
    cases.add(
        new RuleCase(
            "ReduceMean",
            "of opset 18",
            RuleCase.through(2, 3)
                .opset(18)
                .constant("a", new long[] {2})
                .node("ReduceMean", "h,a -> s")
                .node("Exp", "s -> y")));
    cases.add(
        new RuleCase(
            "Softmax", "over the last axis", RuleCase.through(2, 4).node("Softmax", "h -> y")));
    cases.add(
        new RuleCase(
            "Softmax",
            "over channels",
            RuleCase.through(3, 2, 2).node("Softmax", "h -> y", integer("axis", 1))));
    for (String operator :
        List.of("ReduceMax", "ReduceMin", "ReduceL2", "ReduceL1", "ReduceSumSquare")) {
      cases.add(
          new RuleCase(
              operator,
              "over two axes",
              RuleCase.spaced(2, 3, 2)
                  .node(operator, "h -> s", ints("axes", 1, 3), integer("keepdims", 0))
                  .node("Mul", "s,s -> y")));
    }
    cases.add(
        new RuleCase(
            "LogSoftmax",
            "over channels",
            RuleCase.through(3, 2).node("LogSoftmax", "h -> y", integer("axis", 1))));
    for (int reverse = 0; reverse < 2; reverse++) {
      for (int exclusive = 0; exclusive < 2; exclusive++) {
        cases.add(
            new RuleCase(
                "CumSum",
                "reverse=" + reverse + ", exclusive=" + exclusive,
                RuleCase.through(4, 2)
                    .scalar("a", -2)
                    .node(
                        "CumSum",
                        "h,a -> c",
                        integer("reverse", reverse),
                        integer("exclusive", exclusive))
                    .node("Exp", "c -> y")));
      }
    }
  }
}
