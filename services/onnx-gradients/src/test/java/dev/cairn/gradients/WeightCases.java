package dev.cairn.gradients;

import static dev.cairn.gradients.TinyGraph.integer;
import static dev.cairn.gradients.TinyGraph.ints;

import java.util.List;

/** What is computed from weights alone before it meets a row. */
final class WeightCases {
  private WeightCases() {}

  static List<RuleCase> all() {
    return List.of(
        new RuleCase(
            "Transpose",
            "of a weight",
            x(4).parameter("w", 3, 4).node("Transpose", "w -> t").node("MatMul", "x,t -> y")),
        new RuleCase(
            "Mul",
            "of a weight and a number",
            x(4).parameter("w", 4, 3)
                .constant("c", new float[] {0.5f}, 1)
                .node("Mul", "w,c -> s")
                .node("MatMul", "x,s -> y")),
        new RuleCase(
            "Add",
            "of a weight and its adapter",
            x(5, 4)
                .parameter("w", 3, 4)
                .parameter("b", 3, 2)
                .parameter("a", 2, 4)
                .constant("scale", new float[] {2}, 1)
                .node("MatMul", "b,a -> ba")
                .node("Mul", "ba,scale -> s")
                .node("Add", "w,s -> m")
                .node("Transpose", "m -> t")
                .node("MatMul", "x,t -> y")),
        new RuleCase(
            "MatMul",
            "of an adapter that is already turned",
            x(4).parameter("a", 4, 2)
                .parameter("b", 2, 3)
                .node("MatMul", "a,b -> ab")
                .node("MatMul", "x,ab -> y")),
        new RuleCase(
            "Mul",
            "of a weight and a scale a row: weight normalisation",
            x(4, 3, 3)
                .parameter("v", 2, 4, 2, 2)
                .parameter("g", 2, 1, 1, 1)
                .node("ReduceL2", "v -> n", ints("axes", 1, 2, 3))
                .node("Div", "v,n -> u")
                .node("Mul", "u,g -> w")
                .node("Conv", "x,w -> y")),
        new RuleCase(
            "Split",
            "of one weight into three",
            x(4).parameter("w", 6, 4)
                .parameter("b", 6)
                .constant("s", new long[] {2, 2, 2})
                .node("Split", "w,s -> q,k,v", integer("axis", 0))
                .node("Split", "b,s -> bq,bk,bv", integer("axis", 0))
                .node("Concat", "v,q -> vq", integer("axis", 0))
                .node("Transpose", "vq -> t")
                .node("MatMul", "x,t -> m")
                .node("Concat", "bv,bq -> bb", integer("axis", -1))
                .node("Add", "m,bb -> y")),
        new RuleCase(
            "Slice",
            "of a table of positions",
            x(2, 3)
                .parameter("p", 1, 5, 3)
                .constant("from", new long[] {1})
                .constant("to", new long[] {5})
                .constant("axis", new long[] {1})
                .constant("step", new long[] {2})
                .node("Slice", "p,from,to,axis,step -> q")
                .node("Add", "x,q -> z")
                .node("Exp", "z -> y")),
        new RuleCase(
            "Softmax",
            "of a weight, its axes then exchanged",
            x(3).parameter("w", 2, 3)
                .node("Softmax", "w -> s", integer("axis", 0))
                .constant("a", new long[] {0})
                .node("ReduceSum", "s,a -> r", integer("keepdims", 0))
                .node("CumSum", "s,one -> c")
                .scalar("one", 1)
                .node("Mul", "c,r -> d")
                .node("Transpose", "d -> t")
                .node("MatMul", "x,t -> y")),
        new RuleCase(
            "Gather",
            "of rows of a weight",
            x(3).parameter("w", 4, 3)
                .constant("i", new long[] {2, 0})
                .node("Gather", "w,i -> g")
                .node("Transpose", "g -> t")
                .node("MatMul", "x,t -> y")),
        new RuleCase(
            "Unsqueeze",
            "of a scale",
            x(3, 2)
                .parameter("c", 3)
                .constant("a", new long[] {1})
                .node("Unsqueeze", "c,a -> u")
                .node("Mul", "x,u -> z")
                .node("Exp", "z -> y")));
  }

  private static TinyGraph x(long... shape) {
    return new TinyGraph().input("x", shape);
  }
}
