package dev.cairn.gradients;

import static dev.cairn.gradients.TinyGraph.integer;
import static dev.cairn.gradients.TinyGraph.ints;

import java.util.List;

/** Graphs in which a shortcut past a rule applies, and their neighbours in which it must not. */
final class ShortcutCases {
  private ShortcutCases() {}

  static List<RuleCase> all() {
    return List.of(
        attention(),
        twiceReadWeights(),
        valuesSpreadOverHeads(),
        dense("b,m"),
        dense("m,b"),
        singleOutput(),
        enlarged(),
        scalesThatAreArranged(),
        oneVectorAtEveryPosition(),
        silu(),
        normalisedSilu("of a large image, as SiLU", 0.8f, -1.2f),
        normalisedSilu("of a large image, as SiLU, a scale of zero", 0.8f, 0),
        timed("image,vector"),
        timed("vector,image"),
        timedAndReadTwice(),
        concatenated("image,x -> y"),
        concatenated("image,image -> y"),
        enlargedFar());
  }

  /** Two heads of width two over eight positions, as exporters write them. */
  static RuleCase attention() {
    return new RuleCase(
        "Softmax", "in attention", attentionWeights().node("MatMul", "weights,v -> y"));
  }

  /** Group normalisation as the new exporter writes it before opset 21. */
  private static RuleCase scalesThatAreArranged() {
    return new RuleCase(
        "InstanceNormalization",
        "as group normalisation, scales arranged by Unsqueeze",
        RuleCase.through(4, 3, 2)
            .parameter("c", 4)
            .parameter("b", 4)
            .constant("one", new float[] {1, 1}, 2)
            .constant("zero", new float[] {0, 0}, 2)
            .constant("g", new long[] {0, 2, -1})
            .constant("s", new long[] {-1, 4, 3, 2})
            .constant("a", new long[] {1, 2})
            .node("Unsqueeze", "c,a -> cc")
            .node("Unsqueeze", "b,a -> bb")
            .node("Reshape", "h,g -> r")
            .node("InstanceNormalization", "r,one,zero -> n")
            .node("Reshape", "n,s -> u")
            .node("Mul", "u,cc -> m")
            .node("Add", "m,bb -> y"));
  }

  /** A shift as adaptive layer normalisation makes it: its gradient is a sum over positions. */
  private static RuleCase oneVectorAtEveryPosition() {
    return new RuleCase(
        "Add",
        "of one vector to every position",
        new TinyGraph()
            .input("x", 16, 24)
            .input("c", 2)
            .parameter("w", 2, 24)
            .constant("a", new long[] {1})
            .node("MatMul", "c,w -> m")
            .node("Unsqueeze", "m,a -> u")
            .node("Add", "x,u -> z")
            .node("Tanh", "z -> y"));
  }

  private static RuleCase twiceReadWeights() {
    return new RuleCase(
        "Softmax",
        "read by two products",
        attentionWeights()
            .node("MatMul", "weights,v -> o")
            .node("MatMul", "weights,q -> u")
            .node("Add", "o,u -> y"));
  }

  private static RuleCase valuesSpreadOverHeads() {
    return new RuleCase(
        "Softmax",
        "with weights that broadcast",
        new TinyGraph()
            .input("x", 1, 3, 3)
            .parameter("p", 1, 3, 3)
            .node("Add", "x,p -> h")
            .node("Softmax", "h -> weights")
            .input("v", 2, 3, 4)
            .node("MatMul", "weights,v -> y"));
  }

  private static TinyGraph attentionWeights() {
    TinyGraph graph =
        new TinyGraph()
            .input("x", 8, 4)
            .parameter("p", 8, 4)
            .node("Add", "x,p -> h")
            .constant("heads", new long[] {0, 8, 2, 2});
    for (String name : List.of("q", "k", "v")) {
      graph.parameter(name + ".w", 4, 4).node("MatMul", "h,%s.w -> %s.m".formatted(name, name));
      // A bias of k moves all scores of a row alike: its gradient is zero.
      if (!name.equals("k")) {
        graph
            .parameter(name + ".b", 4)
            .node("Add", "%s.b,%s.m -> %s.a".formatted(name, name, name));
      }
      graph
          .node(
              "Reshape",
              "%s,heads -> %s.r".formatted(name + (name.equals("k") ? ".m" : ".a"), name))
          .node("Transpose", "%s.r -> %s".formatted(name, name), ints("perm", 0, 2, 1, 3));
    }
    return graph
        .node("Transpose", "k -> kt", ints("perm", 0, 1, 3, 2))
        .node("MatMul", "q,kt -> scores")
        .node("Softmax", "scores -> weights");
  }

  private static RuleCase dense(String operands) {
    return new RuleCase(
        "Add",
        "of a bias and a product over positions (" + operands + ")",
        new TinyGraph()
            .input("x", 3, 2, 4)
            .parameter("p", 3, 2, 4)
            .node("Add", "x,p -> h")
            .parameter("w", 4, 5)
            .parameter("b", 5)
            .node("MatMul", "h,w -> m")
            .node("Add", operands + " -> a")
            .node("Tanh", "a -> y"));
  }

  static RuleCase singleOutput() {
    return new RuleCase(
        "Conv",
        "of many channels to one",
        new TinyGraph()
            .input("x", 16, 5, 4)
            .parameter("p", 16, 1, 1)
            .node("Mul", "x,p -> h")
            .parameter("w", 1, 16, 3, 3)
            .parameter("b", 1)
            .node("Conv", "h,w,b -> c", ints("pads", 1, 1, 1, 1))
            .node("Tanh", "c -> y"));
  }

  /** Enough channels for the forward pass to stay with the small image. */
  static RuleCase enlarged() {
    return new RuleCase(
        "Conv",
        "of many channels of an enlarged image",
        new TinyGraph()
            .input("x", 32, 3, 2)
            .parameter("p", 32, 1, 1)
            .node("Mul", "x,p -> h")
            .parameter("w", 2, 32, 3, 5)
            .parameter("b", 2)
            .constant("s", new float[] {1, 1, 3, 3}, 4)
            .node("Resize", "h,,s -> r", TinyGraph.nearestBefore())
            .node("Conv", "r,w,b -> c", ints("pads", 0, 3, 2, 1))
            .node("Tanh", "c -> y"));
  }

  static RuleCase silu() {
    return new RuleCase(
        "Mul",
        "as SiLU, read twice",
        new TinyGraph()
            .input("x", 3, 4)
            .parameter("p", 3, 4)
            .node("Add", "x,p -> h")
            .node("Sigmoid", "h -> s")
            .node("Mul", "s,h -> z")
            .node("Tanh", "z -> t")
            .node("Add", "z,t -> y"));
  }

  /** One group of 4,608 elements, so large that inner products and one pass less pay. */
  static RuleCase normalisedSilu(String what, float... scales) {
    return new RuleCase(
        "GroupNormalization",
        what,
        new TinyGraph()
            .opset(21)
            .input("x", 2, 48, 48)
            .parameter("w", 2, 2, 3, 3)
            .parameter("c", scales, 2)
            .parameter("b", 2)
            .parameter("v", 2, 2, 3, 3)
            .node("Conv", "x,w -> h", ints("pads", 1, 1, 1, 1))
            .node("GroupNormalization", "h,c,b -> n", integer("num_groups", 1))
            .node("Sigmoid", "n -> s")
            .node("Mul", "n,s -> z")
            .node("Conv", "z,v -> y", ints("pads", 1, 1, 1, 1)));
  }

  /** A number a channel is added to a convolution's 16 × 32 × 32, in groups of 8,192 elements. */
  static RuleCase timed(String operands) {
    boolean silu = operands.startsWith("image");
    TinyGraph graph =
        timedImage()
            .node("Add", operands + " -> h")
            .node("GroupNormalization", "h,c,b -> n", integer("num_groups", 2))
            .node("Sigmoid", "n -> s");
    if (silu) {
      graph.node("Mul", "n,s -> z");
    } else {
      graph.node("Tanh", "s -> z");
    }
    return new RuleCase(
        "GroupNormalization",
        "of a sum of %s%s".formatted(operands, silu ? ", as SiLU" : ""),
        graph.parameter("v", 2, 16, 3, 3).node("Conv", "z,v -> y", ints("pads", 1, 1, 1, 1)));
  }

  /** The sum goes elsewhere too: it has to be made. */
  private static RuleCase timedAndReadTwice() {
    return new RuleCase(
        "GroupNormalization",
        "of a sum that is read twice",
        timedImage()
            .node("Add", "image,vector -> h")
            .node("GroupNormalization", "h,c,b -> n", integer("num_groups", 2))
            .node("Add", "n,h -> y"));
  }

  /** A convolution's 16 × 32 × 32 beside another image, or where all images are convolutions'. */
  static RuleCase concatenated(String signature) {
    return new RuleCase(
        "Concat",
        "of a convolution's result, " + signature,
        new TinyGraph()
            .input("x", 1, 32, 32)
            .parameter("w", 16, 1, 3, 1)
            .node("Conv", "x,w -> image", ints("pads", 1, 0, 1, 0))
            .node("Concat", signature, integer("axis", 1)));
  }

  private static TinyGraph timedImage() {
    return new TinyGraph()
        .opset(21)
        .input("x", 1, 32, 32)
        .input("e", 3)
        .parameter("w", 16, 1, 3, 1)
        .parameter("u", 3, 16)
        .parameter("c", 16)
        .parameter("b", 16)
        .constant("r", new long[] {0, 16, 1, 1})
        .node("Conv", "x,w -> image", ints("pads", 1, 0, 1, 0))
        .node("MatMul", "e,u -> m")
        .node("Reshape", "m,r -> vector");
  }

  /** Phases of 32,768 elements together, which are put in their places with channels last. */
  static RuleCase enlargedFar() {
    return new RuleCase(
        "Conv",
        "of many channels of a large image, enlarged",
        new TinyGraph()
            .input("x", 32, 32, 32)
            .parameter("p", 32, 1, 1)
            .node("Mul", "x,p -> h")
            .parameter("w", 8, 32, 1, 3)
            .parameter("b", 8)
            .constant("s", new float[] {1, 1, 2, 2}, 4)
            .node("Resize", "h,,s -> r", TinyGraph.nearestBefore())
            .node("Conv", "r,w,b -> y", ints("pads", 0, 1, 0, 1)));
  }
}
