package dev.cairn.gradients;

import static dev.cairn.gradients.TinyGraph.integer;
import static dev.cairn.gradients.TinyGraph.ints;
import static dev.cairn.gradients.TinyGraph.number;
import static dev.cairn.gradients.TinyGraph.text;

import dev.cairn.gradients.onnx.AttributeProto;
import java.util.ArrayList;
import java.util.List;

/** Enlarging and reducing. */
final class ResizeCases {
  private ResizeCases() {}

  static List<RuleCase> all() {
    List<RuleCase> cases = new ArrayList<>();
    for (String mode : List.of("nearest", "linear", "cubic")) {
      for (String coordinates :
          List.of("half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners")) {
        cases.add(resize(mode, coordinates, 1.5f, 0.5f));
      }
    }
    for (String rounding : List.of("round_prefer_ceil", "floor", "ceil")) {
      cases.add(resize("nearest", "asymmetric", 2.5f, 0.75f, text("nearest_mode", rounding)));
    }
    cases.add(resize("cubic", "half_pixel", 2, 2, number("cubic_coeff_a", -0.5f)));
    for (String mode : List.of("linear", "cubic")) {
      for (String coordinates : List.of("half_pixel", "asymmetric", "align_corners")) {
        cases.add(resize(mode, coordinates, 0.5f, 0.75f, integer("antialias", 1)));
      }
      cases.add(resize(mode, "half_pixel", 0.5f, 1.5f, integer("antialias", 1)));
    }
    cases.add(resize("cubic", "half_pixel", 1.5f, 0.5f, integer("exclude_outside", 1)));
    cases.add(
        resize(
            "cubic",
            "half_pixel",
            0.5f,
            0.5f,
            integer("exclude_outside", 1),
            integer("antialias", 1)));
    for (String mode : List.of("nearest", "linear")) {
      cases.add(
          new RuleCase(
              "Resize",
              mode + ", of some axes",
              RuleCase.through(2, 4, 3)
                  .opset(19)
                  .constant("s", new float[] {mode.equals("nearest") ? 2 : 0.5f, 2}, 2)
                  .node("Resize", "h,,s -> r", text("mode", mode), ints("axes", 3, 2))
                  .node("Exp", "r -> y")));
    }
    cases.add(
        new RuleCase(
            "Resize",
            "to sizes of some axes",
            RuleCase.through(2, 4, 3)
                .opset(19)
                .constant("s", new long[] {7, 5})
                .node("Resize", "h,,,s -> r", text("mode", "cubic"), ints("axes", 2, 3))
                .node("Exp", "r -> y")));
    cases.add(
        new RuleCase(
            "Resize",
            "to sizes",
            RuleCase.through(2, 4, 3)
                .constant("s", new long[] {3, 2, 7, 5})
                .node("Slice", "s,one,end -> t")
                .constant("one", new long[] {1})
                .constant("end", new long[] {4})
                .node("Shape", "h -> n")
                .constant("zero", new long[] {0})
                .node("Slice", "n,zero,one -> b")
                .node("Concat", "b,t -> sizes", integer("axis", 0))
                .node("Resize", "h,,,sizes -> r", text("mode", "linear"))
                .node("Exp", "r -> y")));
    return cases;
  }

  private static RuleCase resize(
      String mode, String coordinates, float down, float across, AttributeProto... more) {
    List<AttributeProto> attributes = new ArrayList<>(List.of(more));
    attributes.add(text("mode", mode));
    attributes.add(text("coordinate_transformation_mode", coordinates));
    return new RuleCase(
        "Resize",
        mode + ", " + coordinates + ", × " + down + " and × " + across,
        RuleCase.through(2, 4, 4)
            .opset(19)
            .constant("s", new float[] {1, 1, down, across}, 4)
            .node("Resize", "h,,s -> r", attributes.toArray(AttributeProto[]::new))
            .node("Exp", "r -> y"));
  }
}
