package dev.cairn.gradients;

import static dev.cairn.gradients.RandomCase.of;
import static dev.cairn.gradients.TinyGraph.integer;
import static dev.cairn.gradients.TinyGraph.ints;
import static dev.cairn.gradients.TinyGraph.number;

import java.util.List;
import java.util.Random;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Functions, operands and reductions against central differences at random shapes and axes. */
class RuleProperties {
  private static final int TRIES = 24;

  private static Arbitrary<RuleCase> cases(Function<RandomCase, RuleCase> made) {
    return Arbitraries.randomValue((Random random) -> made.apply(new RandomCase(random)));
  }

  @Property(tries = TRIES)
  void functions(@ForAll("functionCases") RuleCase rule) {
    FiniteDifferences.check(rule);
  }

  @Provide
  Arbitrary<RuleCase> functionCases() {
    List<String> smooth =
        List.of("Sigmoid", "Tanh", "Exp", "Erf", "Sin", "Cos", "Softplus", "Gelu", "Mish", "Neg");
    List<String> positive = List.of("Log", "Sqrt", "Reciprocal");
    List<String> bent =
        List.of("Relu", "Abs", "LeakyRelu", "Elu", "HardSwish", "HardSigmoid", "Clip");
    return cases(
        r -> {
          long[] row = r.row(1, 3);
          String operator = r.oneOf(r.oneOf(List.of(smooth, positive, bent)));
          TinyGraph graph = bent.contains(operator) ? RuleCase.spaced(row) : RuleCase.through(row);
          graph.opset(20);
          if (positive.contains(operator)) {
            return of(operator, graph.node("Exp", "h -> e").node(operator, "e -> y"), row);
          }
          if (operator.equals("LeakyRelu") || operator.equals("Elu")) {
            return of(operator, graph.node(operator, "h -> y", number("alpha", 0.3f)), row);
          }
          return of(operator, graph.node(operator, "h -> y"), row);
        });
  }

  @Property(tries = TRIES)
  void operands_that_broadcast(@ForAll("operandCases") RuleCase rule) {
    FiniteDifferences.check(rule);
  }

  @Provide
  Arbitrary<RuleCase> operandCases() {
    return cases(
        r -> {
          long[] row = r.row(1, 4);
          long[] other = r.spreading(row);
          String operator = r.oneOf(List.of("Add", "Sub", "Mul", "Div", "Pow", "Sum"));
          String operands = r.flip() ? "u,q -> y" : "q,u -> y";
          return of(
              operator,
              RuleCase.through(row)
                  .parameter("e", other)
                  .node("Exp", "h -> u")
                  .node("Exp", "e -> q")
                  .node(operator, operands),
              row,
              other,
              operands);
        });
  }

  @Property(tries = TRIES)
  void choices_that_broadcast(@ForAll("choiceCases") RuleCase rule) {
    FiniteDifferences.check(rule);
  }

  @Provide
  Arbitrary<RuleCase> choiceCases() {
    return cases(
        r -> {
          long[] row = r.row(1, 4);
          long[] other = r.spreading(row);
          // Between the tenths that h keeps away from.
          float[] values = new float[(int) RandomCase.elements(other)];
          for (int i = 0; i < values.length; i++) {
            values[i] = r.between(-8, 8) * 0.1f;
          }
          TinyGraph graph = RuleCase.spaced(row).parameter("q", values, other);
          String operator = r.oneOf(List.of("Max", "Min", "Where", "PRelu"));
          return switch (operator) {
            case "Where" ->
                of(
                    operator,
                    graph
                        .constant("zero", new float[] {0})
                        .node("Greater", "x,zero -> c")
                        .node("Where", r.flip() ? "c,h,q -> y" : "c,q,h -> y"),
                    row,
                    other);
            default -> of(operator, graph.node(operator, "h,q -> y"), row, other);
          };
        });
  }

  @Property(tries = TRIES)
  void reductions(@ForAll("reductionCases") RuleCase rule) {
    FiniteDifferences.check(rule);
  }

  @Provide
  Arbitrary<RuleCase> reductionCases() {
    return cases(
        r -> {
          long[] row = r.row(1, 4);
          long[] axes = r.axes(row.length);
          int opset = r.oneOf(List.of(13, 17, 18, 21));
          int keep = r.between(0, 1);
          String operator =
              r.oneOf(
                  List.of(
                      "ReduceSum",
                      "ReduceMean",
                      "ReduceMax",
                      "ReduceMin",
                      "ReduceL2",
                      "ReduceL1",
                      "ReduceSumSquare"));
          TinyGraph graph = RuleCase.spaced(row).opset(opset);
          if (operator.equals("ReduceSum") || opset >= 18) {
            graph.constant("a", axes).node(operator, "h,a -> s", integer("keepdims", keep));
          } else {
            graph.node(operator, "h -> s", ints("axes", axes), integer("keepdims", keep));
          }
          return of(operator, graph.node("Sin", "s -> y"), row, axes, "keep", keep, "opset", opset);
        });
  }

  @Property(tries = TRIES)
  void along_one_axis(@ForAll("axisCases") RuleCase rule) {
    FiniteDifferences.check(rule);
  }

  @Provide
  Arbitrary<RuleCase> axisCases() {
    return cases(
        r -> {
          long[] row = r.row(1, 4);
          int axis = r.axis(row.length);
          String operator = r.oneOf(List.of("Softmax", "LogSoftmax", "CumSum", "Gather"));
          long size = row[(axis < 0 ? axis + row.length : axis - 1)];
          TinyGraph graph = RuleCase.through(row);
          switch (operator) {
            case "CumSum" ->
                graph
                    .scalar("a", axis)
                    .node(
                        operator,
                        "h,a -> s",
                        integer("reverse", r.between(0, 1)),
                        integer("exclusive", r.between(0, 1)));
            case "Gather" ->
                graph
                    .constant("i", r.many(r.between(1, 4), (int) -size, (int) size - 1))
                    .node(operator, "h,i -> s", integer("axis", axis));
            default -> graph.node(operator, "h -> s", integer("axis", axis));
          }
          return of(operator, graph.node("Sin", "s -> y"), row, "axis", axis);
        });
  }
}
