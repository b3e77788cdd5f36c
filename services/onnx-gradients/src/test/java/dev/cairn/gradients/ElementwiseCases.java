package dev.cairn.gradients;

import static dev.cairn.gradients.TinyGraph.integer;
import static dev.cairn.gradients.TinyGraph.number;
import static dev.cairn.gradients.TinyGraph.text;

import java.util.ArrayList;
import java.util.List;

/** Elementwise functions and arithmetic. */
final class ElementwiseCases {
  private ElementwiseCases() {}

  static List<RuleCase> all() {
    List<RuleCase> cases = new ArrayList<>();
    elementwise(cases);
    arithmetic(cases);
    return cases;
  }

  private static void elementwise(List<RuleCase> cases) {
    for (String operator :
        List.of("Sigmoid", "Tanh", "Exp", "Erf", "Neg", "Identity", "Sin", "Cos", "Softplus")) {
      cases.add(new RuleCase(operator, "", RuleCase.through(3, 2).node(operator, "h -> y")));
    }
    for (String operator : List.of("Relu", "Abs", "LeakyRelu", "Elu", "HardSwish", "Dropout")) {
      cases.add(new RuleCase(operator, "", RuleCase.spaced(5, 5).node(operator, "h -> y")));
    }
    cases.add(
        new RuleCase(
            "HardSigmoid",
            "",
            RuleCase.spaced(5, 5).node("HardSigmoid", "h -> y", number("alpha", 0.5f))));
    for (String form : List.of("none", "tanh")) {
      cases.add(
          new RuleCase(
              "Gelu",
              form,
              RuleCase.through(4, 3).opset(20).node("Gelu", "h -> y", text("approximate", form))));
    }
    cases.add(new RuleCase("Mish", "", RuleCase.through(4).opset(18).node("Mish", "h -> y")));
    for (String operator : List.of("Log", "Reciprocal")) {
      cases.add(
          new RuleCase(
              operator, "", RuleCase.through(5).node("Exp", "h -> e").node(operator, "e -> y")));
    }
    for (String bounds : List.of("low,high", "low", ",high")) {
      cases.add(
          new RuleCase(
              "Clip",
              bounds,
              RuleCase.spaced(5, 5)
                  .constant("low", new float[] {-0.5f})
                  .constant("high", new float[] {0.7f})
                  .node("Clip", "h," + bounds + " -> y")));
    }
    cases.add(
        new RuleCase("Sqrt", "", RuleCase.through(5).node("Exp", "h -> e").node("Sqrt", "e -> y")));
    cases.add(
        new RuleCase(
            "Cast", "to float", RuleCase.through(5).node("Cast", "h -> y", integer("to", 1))));
    cases.add(
        new RuleCase(
            "Mul",
            "as SiLU",
            RuleCase.through(4, 3).node("Sigmoid", "h -> s").node("Mul", "h,s -> y")));
  }

  private static void arithmetic(List<RuleCase> cases) {
    for (String operator : List.of("Add", "Sub", "Mul", "Sum")) {
      cases.add(
          new RuleCase(
              operator,
              "of two active operands that broadcast",
              RuleCase.through(3, 4)
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
            RuleCase.through(3, 2, 2).parameter("c", 3, 1, 1).node("Mul", "h,c -> y")));
    cases.add(
        new RuleCase(
            "Add",
            "with a position table",
            RuleCase.through(3, 2).parameter("c", 1, 3, 2).node("Add", "c,h -> y")));
    cases.add(
        new RuleCase(
            "Div",
            "of two active operands",
            RuleCase.through(4)
                .node("Tanh", "h -> a")
                .node("Exp", "h -> b")
                .node("Div", "a,b -> y")));
    cases.add(
        new RuleCase(
            "Pow",
            "with a constant exponent",
            RuleCase.through(4).constant("three", new float[] {3}).node("Pow", "h,three -> y")));
    for (String operator : List.of("Max", "Min")) {
      cases.add(
          new RuleCase(
              operator,
              "of three, broadcast",
              RuleCase.spaced(4, 3)
                  .parameter("q", new float[] {-0.3f, 0.2f, 0.5f}, 3)
                  .constant("c", new float[] {0.1f})
                  .node(operator, "h,q,c -> y")));
    }
    cases.add(
        new RuleCase(
            "Pow",
            "of two active operands",
            RuleCase.through(4).parameter("e", 4).node("Exp", "h -> b").node("Pow", "b,e -> y")));
    cases.add(
        new RuleCase(
            "Where",
            "broadcast",
            RuleCase.through(3, 4)
                .parameter("q", 3, 1)
                .node("Sin", "h -> s")
                .constant("zero", new float[] {0})
                .node("Greater", "x,zero -> c")
                .node("Where", "c,s,q -> y")));
    cases.add(
        new RuleCase(
            "PRelu",
            "",
            RuleCase.spaced(4, 3).parameter("slope", 4, 1).node("PRelu", "h,slope -> y")));
    cases.add(
        new RuleCase("Mul", "of a value with itself", RuleCase.through(4).node("Mul", "h,h -> y")));
  }
}
