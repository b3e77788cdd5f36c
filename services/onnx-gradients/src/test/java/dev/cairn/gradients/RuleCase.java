package dev.cairn.gradients;

import static dev.cairn.gradients.TinyGraph.integer;
import static dev.cairn.gradients.TinyGraph.ints;
import static dev.cairn.gradients.TinyGraph.number;
import static dev.cairn.gradients.TinyGraph.text;

import dev.cairn.gradients.onnx.AttributeProto;
import java.util.ArrayList;
import java.util.List;

/**
 * One line of the table of gradients to check: a graph whose prediction is the value "y".
 *
 * @param operator the operator whose rule it is about
 */
record RuleCase(String operator, String what, TinyGraph graph) {
  @Override
  public String toString() {
    return operator + " " + what;
  }

  static List<RuleCase> all() {
    List<RuleCase> cases = new ArrayList<>();
    elementwise(cases);
    arithmetic(cases);
    layout(cases);
    windows(cases);
    reductions(cases);
    matrices(cases);
    convolutions(cases);
    normalisations(cases);
    cases.addAll(ShortcutCases.all());
    return cases;
  }

  /** h = x + p, p with a parameter for every element of a row, so that dp is all of dh. */
  private static TinyGraph through(long... shape) {
    return new TinyGraph().input("x", shape).parameter("p", shape).node("Add", "x,p -> h");
  }

  private static void elementwise(List<RuleCase> cases) {
    for (String operator : List.of("Sigmoid", "Tanh", "Exp", "Erf", "Relu", "Neg", "Identity")) {
      cases.add(new RuleCase(operator, "", through(3, 2).node(operator, "h -> y")));
    }
    cases.add(new RuleCase("Sqrt", "", through(5).node("Exp", "h -> e").node("Sqrt", "e -> y")));
    cases.add(
        new RuleCase("Cast", "to float", through(5).node("Cast", "h -> y", integer("to", 1))));
    cases.add(
        new RuleCase(
            "Mul", "as SiLU", through(4, 3).node("Sigmoid", "h -> s").node("Mul", "h,s -> y")));
  }

  private static void arithmetic(List<RuleCase> cases) {
    for (String operator : List.of("Add", "Sub", "Mul", "Sum")) {
      cases.add(
          new RuleCase(
              operator,
              "of two active operands that broadcast",
              through(3, 4)
                  .parameter("q", 4)
                  .node("Exp", "q -> e")
                  .node("Tanh", "h -> t")
                  .node("Mul", "t,q -> u")
                  .node(operator, "u,t -> y")));
    }
    cases.add(
        new RuleCase(
            "Mul",
            "with a channel scale",
            through(3, 2, 2).parameter("c", 3, 1, 1).node("Mul", "h,c -> y")));
    cases.add(
        new RuleCase(
            "Add",
            "with a position table",
            through(3, 2).parameter("c", 1, 3, 2).node("Add", "c,h -> y")));
    cases.add(
        new RuleCase(
            "Div",
            "of two active operands",
            through(4).node("Tanh", "h -> a").node("Exp", "h -> b").node("Div", "a,b -> y")));
    cases.add(
        new RuleCase(
            "Pow",
            "with a constant exponent",
            through(4).constant("three", new float[] {3}).node("Pow", "h,three -> y")));
    cases.add(new RuleCase("Mul", "of a value with itself", through(4).node("Mul", "h,h -> y")));
  }

  private static void layout(List<RuleCase> cases) {
    cases.add(
        new RuleCase(
            "Reshape",
            "",
            through(3, 4)
                .constant("s", new long[] {0, 2, -1})
                .node("Reshape", "h,s -> r")
                .node("Exp", "r -> y")));
    cases.add(
        new RuleCase("Flatten", "", through(3, 4).node("Flatten", "h -> r").node("Exp", "r -> y")));
    cases.add(
        new RuleCase(
            "Unsqueeze",
            "and Squeeze",
            through(3)
                .constant("a", new long[] {1, 3})
                .node("Unsqueeze", "h,a -> u")
                .node("Exp", "u -> y")));
    cases.add(
        new RuleCase(
            "Squeeze",
            "",
            through(3, 1)
                .constant("a", new long[] {-1})
                .node("Squeeze", "h,a -> u")
                .node("Exp", "u -> y")));
    cases.add(
        new RuleCase(
            "Transpose",
            "",
            through(2, 3, 4)
                .node("Transpose", "h -> t", ints("perm", 0, 3, 1, 2))
                .node("Exp", "t -> y")));
    cases.add(
        new RuleCase(
            "Expand",
            "",
            through(3, 1)
                .constant("s", new long[] {1, 3, 4})
                .node("Expand", "h,s -> e")
                .node("Mul", "e,e -> y")));
    cases.add(
        new RuleCase(
            "Concat",
            "of active and plain values",
            through(2, 3)
                .node("Tanh", "h -> t")
                .node("Concat", "h,x,t -> c", integer("axis", -1))
                .node("Exp", "c -> y")));
    cases.add(
        new RuleCase(
            "Split",
            "with one part unused",
            through(6, 2)
                .constant("s", new long[] {2, 1, 3})
                .node("Split", "h,s -> a,b,c", integer("axis", 1))
                .node("Concat", "c,a -> d", integer("axis", 1))
                .node("Exp", "d -> y")));
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
            through(2, 3, 3)
                .constant("p4", new long[] {0, 0, 1, 0, 0, 0, 2, 3})
                .node("Pad", "h,p4 -> a")
                .node("Exp", "a -> y")));
    cases.add(
        new RuleCase(
            "Pad",
            "that crops",
            through(2, 3, 3)
                .constant("p4", new long[] {0, 0, -1, 0, 0, 0, 1, -2})
                .node("Pad", "h,p4 -> a")
                .node("Exp", "a -> y")));
    cases.add(
        new RuleCase(
            "Resize",
            "of an image",
            through(2, 3, 2)
                .constant("s", new float[] {1, 1, 2, 3}, 4)
                .node(
                    "Resize",
                    "h,,s -> r",
                    text("mode", "nearest"),
                    text("nearest_mode", "floor"),
                    text("coordinate_transformation_mode", "asymmetric"))
                .node("Exp", "r -> y")));
    cases.add(
        new RuleCase(
            "Resize",
            "of a sequence, half-pixel",
            through(2, 3)
                .constant("s", new float[] {1, 1, 3}, 3)
                .node("Resize", "h,,s -> r", text("mode", "nearest"))
                .node("Exp", "r -> y")));
  }

  private static RuleCase slice(
      String what, long[] starts, long[] ends, long[] axes, long[] steps) {
    return new RuleCase(
        "Slice",
        what,
        through(5, 6)
            .constant("starts", starts)
            .constant("ends", ends)
            .constant("axes", axes)
            .constant("steps", steps)
            .node("Slice", "h,starts,ends,axes,steps -> s")
            .node("Exp", "s -> y"));
  }

  private static void reductions(List<RuleCase> cases) {
    cases.add(
        new RuleCase(
            "ReduceSum",
            "",
            through(2, 3, 2)
                .constant("a", new long[] {1, -1})
                .node("ReduceSum", "h,a -> s", integer("keepdims", 0))
                .node("Exp", "s -> y")));
    cases.add(
        new RuleCase(
            "ReduceMean",
            "",
            through(2, 3, 2)
                .node("ReduceMean", "h -> s", ints("axes", 2, 3))
                .node("Exp", "s -> y")));
    cases.add(
        new RuleCase(
            "ReduceMean",
            "of opset 18",
            through(2, 3)
                .opset(18)
                .constant("a", new long[] {2})
                .node("ReduceMean", "h,a -> s")
                .node("Exp", "s -> y")));
    cases.add(
        new RuleCase("Softmax", "over the last axis", through(2, 4).node("Softmax", "h -> y")));
    cases.add(
        new RuleCase(
            "Softmax",
            "over channels",
            through(3, 2, 2).node("Softmax", "h -> y", integer("axis", 1))));
  }

  private static void matrices(List<RuleCase> cases) {
    cases.add(
        new RuleCase(
            "MatMul",
            "of stacks that broadcast",
            through(2, 3, 4)
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
            through(4, 3).parameter("w", 2, 4).node("MatMul", "w,h -> y")));
    for (int transB = 0; transB < 2; transB++) {
      cases.add(
          new RuleCase(
              "Gemm",
              "transB=" + transB,
              through(4)
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
            through(4)
                .parameter("w", 4, 3)
                .node("Transpose", "h -> t")
                .node("Gemm", "t,w -> y", integer("transA", 1))));
    cases.add(
        new RuleCase(
            "Gemm",
            "on flattened positions",
            through(3, 4)
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
            through(3)
                .parameter("w", 3, 3)
                .node("MatMul", "h,w -> m")
                .node("Tanh", "m -> t")
                .node("MatMul", "t,w -> y")));
  }

  private static void convolutions(List<RuleCase> cases) {
    cases.add(convolution("plain", 4, 3, 1, ints("pads", 1, 1, 1, 1)));
    cases.add(
        convolution(
            "strided, uneven padding", 4, 3, 1, ints("pads", 0, 0, 1, 1), ints("strides", 2, 2)));
    cases.add(convolution("strided, input not covered", 4, 2, 1, ints("strides", 3, 2)));
    cases.add(
        convolution(
            "grouped, dilated",
            4,
            2,
            2,
            ints("pads", 2, 1, 0, 1),
            ints("dilations", 2, 1),
            integer("group", 2)));
    cases.add(convolution("depthwise", 4, 3, 4, ints("pads", 1, 1, 1, 1), integer("group", 4)));
    cases.add(convolution("padding beyond the kernel", 2, 1, 1, ints("pads", 1, 0, 2, 1)));
    cases.add(convolution("same, upper", 2, 2, 1, text("auto_pad", "SAME_UPPER")));
    cases.add(
        convolution(
            "same, lower, strided",
            2,
            3,
            1,
            text("auto_pad", "SAME_LOWER"),
            ints("strides", 2, 2)));
    cases.add(
        new RuleCase(
            "Conv",
            "of a sequence",
            through(2, 6).parameter("w", 3, 2, 3).node("Conv", "h,w -> y", ints("pads", 1, 1))));
    cases.add(
        new RuleCase(
            "Conv",
            "behind asymmetric padding",
            through(2, 4, 4)
                .parameter("w", 2, 2, 3, 3)
                .constant("p4", new long[] {0, 0, 0, 0, 0, 0, 1, 1})
                .node("Pad", "h,p4 -> a")
                .node("Conv", "a,w -> y", ints("strides", 2, 2))));
    cases.add(
        new RuleCase(
            "Conv",
            "of an enlarged image",
            through(2, 3, 2)
                .parameter("w", 2, 2, 3, 3)
                .parameter("b", 2)
                .constant("s", new float[] {1, 1, 2, 3}, 4)
                .node(
                    "Resize",
                    "h,,s -> r",
                    text("mode", "nearest"),
                    text("nearest_mode", "floor"),
                    text("coordinate_transformation_mode", "asymmetric"))
                .node("Conv", "r,w,b -> y", ints("pads", 1, 1, 1, 1))));
  }

  private static RuleCase convolution(
      String what, int outputs, int kernel, int group, AttributeProto... attributes) {
    return new RuleCase(
        "Conv",
        what,
        through(4, 5, 6)
            .parameter("w", outputs, 4 / group, kernel, kernel)
            .parameter("b", outputs)
            .node("Conv", "h,w,b -> y", attributes));
  }

  private static void normalisations(List<RuleCase> cases) {
    cases.add(
        new RuleCase(
            "InstanceNormalization",
            "",
            through(3, 2, 4)
                .parameter("c", 3)
                .parameter("b", 3)
                .node("InstanceNormalization", "h,c,b -> y", number("epsilon", 0.01f))));
    cases.add(
        new RuleCase(
            "LayerNormalization",
            "over the last axis",
            through(3, 5)
                .parameter("c", 5)
                .parameter("b", 5)
                .node("LayerNormalization", "h,c,b -> y", number("epsilon", 0.01f))));
    cases.add(
        new RuleCase(
            "LayerNormalization",
            "over two axes, no shift",
            through(3, 4)
                .parameter("c", 3, 4)
                .node("LayerNormalization", "h,c -> y", integer("axis", -2))));
    cases.add(
        new RuleCase(
            "InstanceNormalization",
            "as group normalisation",
            through(4, 3, 2)
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
  }
}
