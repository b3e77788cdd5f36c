package dev.cairn.gradients;

import static dev.cairn.gradients.RandomCase.batched;
import static dev.cairn.gradients.RandomCase.of;
import static dev.cairn.gradients.TinyGraph.integer;
import static dev.cairn.gradients.TinyGraph.ints;
import static dev.cairn.gradients.TinyGraph.number;
import static dev.cairn.gradients.TinyGraph.text;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Rules that do not look at windows, against central differences at random shapes and axes. */
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

  @Property(tries = TRIES)
  void layouts(@ForAll("layoutCases") RuleCase rule) {
    FiniteDifferences.check(rule);
  }

  @Provide
  Arbitrary<RuleCase> layoutCases() {
    return cases(
        r -> {
          long[] row = r.row(1, 4);
          String operator =
              r.oneOf(List.of("Transpose", "Flatten", "Expand", "Tile", "Concat", "Split"));
          TinyGraph graph = RuleCase.through(row);
          int axis = r.axis(row.length);
          int place = axis < 0 ? axis + row.length : axis - 1;
          switch (operator) {
            case "Transpose" ->
                graph.node(operator, "h -> s", ints("perm", r.permutation(row.length)));
            case "Flatten" -> graph.node(operator, "h -> s");
            case "Expand" -> {
              long[] wider = Arrays.stream(row).map(n -> n == 1 ? r.between(1, 3) : n).toArray();
              long[] target = LongStream.concat(LongStream.of(1), Arrays.stream(wider)).toArray();
              graph.constant("t", target).node(operator, "h,t -> s");
            }
            case "Tile" -> {
              long[] times =
                  LongStream.concat(LongStream.of(1), Arrays.stream(r.many(row.length, 1, 3)))
                      .toArray();
              graph.constant("t", times).node(operator, "h,t -> s");
            }
            case "Concat" ->
                graph.node("Tanh", "h -> t").node(operator, "h,x,t -> s", integer("axis", axis));
            default -> {
              int first = r.between(1, 3);
              int second = r.between(1, 3);
              row[place] = first + second;
              graph =
                  RuleCase.through(row)
                      .constant("t", new long[] {first, second})
                      .node(operator, "h,t -> s,other", integer("axis", axis));
            }
          }
          return of(operator, graph.node("Sin", "s -> y"), row, "axis", axis);
        });
  }

  @Property(tries = TRIES)
  void matrix_products(@ForAll("matrixCases") RuleCase rule) {
    FiniteDifferences.check(rule);
  }

  @Provide
  Arbitrary<RuleCase> matrixCases() {
    return cases(
        r -> {
          long rows = r.between(1, 3);
          long inner = r.between(1, 3);
          long columns = r.between(1, 3);
          long[] stack = r.row(0, 2);
          boolean left = r.flip();
          long[] own = stack.length == 0 ? stack : r.spreading(stack);
          long[] a = concat(stack, rows, inner);
          long[] w = left ? concat(own, columns, rows) : concat(own, inner, columns);
          return of(
              "MatMul",
              RuleCase.through(a)
                  .parameter("w", w)
                  .node("MatMul", left ? "w,h -> m" : "h,w -> m")
                  .node("Sin", "m -> y"),
              a,
              w,
              left ? "left" : "right");
        });
  }

  private static long[] concat(long[] lead, long... matrix) {
    return LongStream.concat(Arrays.stream(lead), Arrays.stream(matrix)).toArray();
  }

  @Property(tries = TRIES)
  void gemm(@ForAll("gemmCases") RuleCase rule) {
    FiniteDifferences.check(rule);
  }

  @Provide
  Arbitrary<RuleCase> gemmCases() {
    return cases(
        r -> {
          int in = r.between(1, 4);
          int out = r.between(1, 4);
          int transposed = r.between(0, 1);
          return of(
              "Gemm",
              RuleCase.through(in)
                  .parameter("w", transposed == 1 ? out : in, transposed == 1 ? in : out)
                  .parameter("b", r.flip() ? out : 1)
                  .node(
                      "Gemm",
                      "h,w,b -> y",
                      integer("transB", transposed),
                      number("alpha", r.between(1, 4) / 2f),
                      number("beta", r.between(1, 4) / 2f)),
              in,
              out,
              transposed);
        });
  }

  @Property(tries = TRIES)
  void normalisations(@ForAll("normalisationCases") RuleCase rule) {
    FiniteDifferences.check(rule);
  }

  @Provide
  Arbitrary<RuleCase> normalisationCases() {
    return cases(
        r -> {
          String operator =
              r.oneOf(
                  List.of(
                      "LayerNormalization",
                      "RMSNormalization",
                      "InstanceNormalization",
                      "GroupNormalization"));
          int groups = r.between(1, 2);
          long channels = 2L * groups;
          long[] row = concat(new long[] {channels}, r.many(r.between(1, 2), 2, 3));
          boolean last = operator.startsWith("Layer") || operator.startsWith("RMS");
          int axis = r.between(1, row.length);
          long[] affine =
              last ? Arrays.copyOfRange(row, axis - 1, row.length) : new long[] {channels};
          int opset = operator.startsWith("RMS") ? 23 : r.oneOf(List.of(18, 21));
          if (operator.startsWith("Group") && opset == 18) {
            affine = new long[] {groups};
          }
          TinyGraph graph = RuleCase.through(row).opset(opset).parameter("c", affine);
          if (operator.startsWith("RMS")) {
            graph.node(operator, "h,c -> y", integer("axis", axis), number("epsilon", 0.1f));
          } else {
            graph.parameter("b", affine);
            List<dev.cairn.gradients.onnx.AttributeProto> attributes =
                new java.util.ArrayList<>(List.of(number("epsilon", 0.1f)));
            if (last) {
              attributes.add(integer("axis", axis - row.length - 1L));
            } else if (operator.startsWith("Group")) {
              attributes.add(integer("num_groups", groups));
            }
            graph.node(operator, "h,c,b -> y", RandomCase.attributes(attributes));
          }
          return of(operator, graph, row, "axis", axis, "opset", opset);
        });
  }

  @Property(tries = TRIES)
  void reshapes(@ForAll("reshapeCases") RuleCase rule) {
    FiniteDifferences.check(rule);
  }

  @Provide
  Arbitrary<RuleCase> reshapeCases() {
    return cases(
        r -> {
          long[] row = r.row(1, 3);
          long elements = RandomCase.elements(row);
          String operator =
              r.oneOf(List.of("Reshape", "Unsqueeze", "DepthToSpace", "SpaceToDepth"));
          long block = r.between(1, 2);
          return switch (operator) {
            case "Reshape" ->
                of(
                    operator,
                    RuleCase.through(row)
                        .constant("t", batched(1, elements, 1))
                        .node(operator, "h,t -> s")
                        .node("Sin", "s -> y"),
                    row);
            case "Unsqueeze" ->
                of(
                    operator,
                    RuleCase.through(row)
                        .constant("t", new long[] {r.between(1, row.length + 1)})
                        .node(operator, "h,t -> s")
                        .node("Sin", "s -> y"),
                    row);
            case "DepthToSpace" ->
                of(
                    operator,
                    RuleCase.through(block * block * 2, r.between(1, 3), r.between(1, 3))
                        .node(
                            operator,
                            "h -> s",
                            integer("blocksize", block),
                            text("mode", r.oneOf(List.of("DCR", "CRD"))))
                        .node("Sin", "s -> y"),
                    block);
            default ->
                of(
                    operator,
                    RuleCase.through(r.between(1, 2), block * r.between(1, 2), block)
                        .node(operator, "h -> s", integer("blocksize", block))
                        .node("Sin", "s -> y"),
                    block);
          };
        });
  }
}
