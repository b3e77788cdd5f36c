package dev.cairn.gradients;

import static dev.cairn.gradients.TinyGraph.integer;

import java.util.ArrayList;
import java.util.List;

/** Picking by index. */
final class LookupCases {
  private LookupCases() {}

  static List<RuleCase> all() {
    List<RuleCase> cases = new ArrayList<>();
    cases.add(constant("neighbours", 1, 1, 2));
    cases.add(constant("out of order, twice, from the end", 2, 3, 0, -1, 0));
    cases.add(
        new RuleCase(
            "Gather",
            "a single element, its axis gone",
            RuleCase.through(3, 4)
                .scalar("i", 2)
                .node("Gather", "h,i -> g", integer("axis", 1))
                .node("Exp", "g -> y")));
    cases.add(table("one a row"));
    cases.add(table("several a row", 3));
    cases.add(
        new RuleCase(
            "Gather",
            "of matrices from a table",
            new TinyGraph()
                .indices("i", 4)
                .parameter("t", 4, 2, 3)
                .node("Gather", "t,i -> g")
                .node("Exp", "g -> y")));
    cases.add(
        new RuleCase(
            "GatherElements",
            "along the last axis, some twice",
            RuleCase.through(3, 4)
                .indices("i", 4, 3, 5)
                .node("GatherElements", "h,i -> g", integer("axis", 2))
                .node("Exp", "g -> y")));
    cases.add(
        new RuleCase(
            "GatherElements",
            "along the first axis",
            RuleCase.through(3, 4)
                .indices("i", 3, 2, 4)
                .node("GatherElements", "h,i -> g", integer("axis", 1))
                .node("Exp", "g -> y")));
    return cases;
  }

  private static RuleCase constant(String what, int axis, long... indices) {
    return new RuleCase(
        "Gather",
        what,
        RuleCase.through(3, 4)
            .constant("i", indices)
            .node("Gather", "h,i -> g", integer("axis", axis))
            .node("Exp", "g -> y"));
  }

  private static RuleCase table(String what, long... positions) {
    return new RuleCase(
        "Gather",
        "from a table of embeddings, " + what,
        new TinyGraph()
            .indices("i", 5, positions)
            .parameter("t", 5, 3)
            .node("Gather", "t,i -> g")
            .node("Exp", "g -> y"));
  }
}
