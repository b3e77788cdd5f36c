package dev.cairn.gradients;

import static dev.cairn.gradients.TinyGraph.integer;
import static dev.cairn.gradients.TinyGraph.ints;
import static dev.cairn.gradients.TinyGraph.text;

import dev.cairn.gradients.onnx.AttributeProto;
import java.util.ArrayList;
import java.util.List;

/** Convolutions. */
final class ConvolutionCases {
  private ConvolutionCases() {}

  static List<RuleCase> all() {
    List<RuleCase> cases = new ArrayList<>();
    convolutions(cases);
    transposed(cases);
    return cases;
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
            RuleCase.through(2, 6)
                .parameter("w", 3, 2, 3)
                .node("Conv", "h,w -> y", ints("pads", 1, 1))));
    cases.add(
        new RuleCase(
            "Conv",
            "behind asymmetric padding",
            RuleCase.through(2, 4, 4)
                .parameter("w", 2, 2, 3, 3)
                .constant("p4", new long[] {0, 0, 0, 0, 0, 0, 1, 1})
                .node("Pad", "h,p4 -> a")
                .node("Conv", "a,w -> y", ints("strides", 2, 2))));
    cases.add(
        new RuleCase(
            "Conv",
            "of an enlarged image",
            RuleCase.through(2, 3, 2)
                .parameter("w", 2, 2, 3, 3)
                .parameter("b", 2)
                .constant("s", new float[] {1, 1, 2, 3}, 4)
                .node("Resize", "h,,s -> r", TinyGraph.nearestBefore())
                .node("Conv", "r,w,b -> y", ints("pads", 1, 1, 1, 1))));
  }

  private static void transposed(List<RuleCase> cases) {
    cases.add(transposed("plain", 3, 1));
    cases.add(transposed("strided", 3, 1, ints("strides", 2, 2), ints("pads", 1, 1, 1, 1)));
    cases.add(
        transposed(
            "strided, output padded",
            3,
            1,
            ints("strides", 2, 3),
            ints("pads", 1, 0, 1, 1),
            ints("output_padding", 1, 2)));
    cases.add(transposed("grouped, dilated", 2, 2, integer("group", 2), ints("dilations", 2, 1)));
    cases.add(
        transposed("to a given shape", 2, 1, ints("strides", 2, 2), ints("output_shape", 7, 8)));
    cases.add(
        new RuleCase(
            "ConvTranspose",
            "of a sequence",
            RuleCase.through(2, 4)
                .parameter("w", 2, 3, 4)
                .node("ConvTranspose", "h,w -> y", ints("strides", 2), ints("pads", 1, 1))));
  }

  private static RuleCase transposed(
      String what, int kernel, int group, AttributeProto... attributes) {
    return new RuleCase(
        "ConvTranspose",
        what,
        RuleCase.through(4, 3, 4)
            .parameter("w", 4, 6 / group, kernel, kernel)
            .parameter("b", 6)
            .node("ConvTranspose", "h,w,b -> y", attributes));
  }

  private static RuleCase convolution(
      String what, int outputs, int kernel, int group, AttributeProto... attributes) {
    return new RuleCase(
        "Conv",
        what,
        RuleCase.through(4, 5, 6)
            .parameter("w", outputs, 4 / group, kernel, kernel)
            .parameter("b", outputs)
            .node("Conv", "h,w,b -> y", attributes));
  }
}
