package dev.cairn.gradients;

import static dev.cairn.gradients.TinyGraph.integer;
import static dev.cairn.gradients.TinyGraph.number;
import static dev.cairn.gradients.TinyGraph.text;

import java.util.ArrayList;
import java.util.List;

/** Matrix products. */
final class MatrixCases {
  private MatrixCases() {}

  static List<RuleCase> all() {
    List<RuleCase> cases = new ArrayList<>();
    matrices(cases);
    return cases;
  }

  private static void matrices(List<RuleCase> cases) {
    cases.add(
        new RuleCase(
            "MatMul",
            "of stacks that broadcast",
            RuleCase.through(2, 3, 4)
                .parameter("w", 4, 5)
                .parameter("v", 5)
                .node("Tanh", "h -> t")
                .node("MatMul", "t,w -> m")
                .node("Add", "m,v -> z")
                .constant("s", new long[] {0, 2, 5, 3})
                .node("Reshape", "z,s -> zt")
                .node("MatMul", "zt,h -> y")));
    cases.add(
        new RuleCase(
            "MatMul",
            "with a weight on the left",
            RuleCase.through(4, 3).parameter("w", 2, 4).node("MatMul", "w,h -> y")));
    for (int transB = 0; transB < 2; transB++) {
      cases.add(
          new RuleCase(
              "Gemm",
              "transB=" + transB,
              RuleCase.through(4)
                  .parameter("w", transB == 1 ? 3 : 4, transB == 1 ? 4 : 3)
                  .parameter("b", 3)
                  .node(
                      "Gemm",
                      "h,w,b -> y",
                      integer("transB", transB),
                      number("alpha", 0.5f),
                      number("beta", 2))));
    }
    cases.add(
        new RuleCase(
            "Gemm",
            "transA=1",
            RuleCase.through(4)
                .parameter("w", 4, 3)
                .node("Transpose", "h -> t")
                .node("Gemm", "t,w -> y", integer("transA", 1))));
    cases.add(
        new RuleCase(
            "Gemm",
            "on flattened positions",
            RuleCase.through(3, 4)
                .parameter("w", 4, 2)
                .parameter("b", 2)
                .constant("s", new long[] {-1, 4})
                .node("Reshape", "h,s -> r")
                .node("Gemm", "r,w,b -> g")
                .constant("s2", new long[] {-1, 3, 2})
                .node("Reshape", "g,s2 -> y")));
    cases.add(
        new RuleCase(
            "MatMul",
            "with a weight used twice",
            RuleCase.through(3)
                .parameter("w", 3, 3)
                .node("MatMul", "h,w -> m")
                .node("Tanh", "m -> t")
                .node("MatMul", "t,w -> y")));
    cases.add(
        new RuleCase(
            "MatMul",
            "with a stack of weights",
            RuleCase.through(2, 3, 4).parameter("w", 2, 4, 5).node("MatMul", "h,w -> y")));
    cases.add(
        new RuleCase(
            "MatMul",
            "with a stack of weights on the left",
            RuleCase.through(2, 4, 3).parameter("w", 2, 5, 4).node("MatMul", "w,h -> y")));
    cases.add(
        new RuleCase(
            "MatMul",
            "with a vector",
            RuleCase.through(3, 4)
                .parameter("v", 4)
                .parameter("u", 3)
                .node("MatMul", "h,v -> a")
                .node("MatMul", "u,h -> b")
                .node("Concat", "a,b -> y", integer("axis", 1))));
    for (String equation :
        List.of("bid,bjd->bij", "bid,bjd->bji", "bidh,bjdh->bhij", "bid,bie->bde")) {
      long[] shape = equation.contains("h") ? new long[] {3, 4, 2} : new long[] {3, 4};
      cases.add(
          new RuleCase(
              "Einsum",
              equation,
              RuleCase.through(shape)
                  .node("Tanh", "h -> t")
                  .node("Einsum", "h,t -> y", text("equation", equation))));
    }
    for (String equation :
        List.of(
            "...id,...jd->...ij",
            "b...d,b...d->b...",
            "bij...,bkj...->b...ik",
            "...d,...d",
            "...d->...")) {
      boolean one = !equation.contains(",");
      cases.add(
          new RuleCase(
              "Einsum",
              equation,
              RuleCase.through(3, 2, 4)
                  .node("Tanh", "h -> t")
                  .node("Einsum", one ? "t -> e" : "h,t -> e", text("equation", equation))
                  .node("Sin", "e -> y")));
    }
    cases.add(
        new RuleCase(
            "Einsum",
            "with a weight that an ellipsis spreads",
            RuleCase.through(3, 2, 4)
                .parameter("w", 1, 3, 1, 4, 5)
                .node("Einsum", "h,w -> y", text("equation", "...d,...de->...e"))));
    cases.add(
        new RuleCase(
            "Einsum",
            "of one operand",
            RuleCase.through(3, 4, 2)
                .node("Einsum", "h -> e", text("equation", "bijk->bkji"))
                .node("Exp", "e -> y")));
    cases.add(
        new RuleCase(
            "Einsum",
            "that sums a letter of one operand away",
            RuleCase.through(3, 4)
                .node("Tanh", "h -> t")
                .node("Einsum", "h,t -> y", text("equation", "bid,bjd->bi"))));
    cases.add(
        new RuleCase(
            "Einsum",
            "with a weight by heads",
            RuleCase.through(3, 4)
                .parameter("w", 4, 2, 5)
                .node("Einsum", "h,w -> y", text("equation", "bnd,dhk->bhnk"))));
  }
}
