package dev.cairn.gradients;

import static dev.cairn.gradients.RandomCase.of;
import static dev.cairn.gradients.TinyGraph.integer;
import static dev.cairn.gradients.TinyGraph.number;

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

/** Products and normalisations against central differences at random shapes and axes. */
class MatrixProperties {
  private static final int TRIES = 24;

  private static Arbitrary<RuleCase> cases(Function<RandomCase, RuleCase> made) {
    return Arbitraries.randomValue((Random random) -> made.apply(new RandomCase(random)));
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
  void attention(@ForAll("attentionCases") RuleCase rule) {
    FiniteDifferences.check(rule);
  }

  @Provide
  Arbitrary<RuleCase> attentionCases() {
    return cases(
        r -> {
          int heads = r.between(1, 2);
          int shared = r.between(1, 2);
          long queries = r.between(1, 3);
          long keys = r.between(1, 3);
          long width = r.between(1, 3);
          long[] k = {heads, keys, width};
          long[] v = {heads, keys, r.between(1, 3)};
          TinyGraph graph =
              RuleCase.through(heads * shared, queries, width)
                  .opset(23)
                  .input("xk", k)
                  .input("xv", v)
                  .parameter("pk", k)
                  .parameter("pv", v)
                  .node("Add", "xk,pk -> k")
                  .node("Add", "xv,pv -> v");
          String mask = mask(r, graph, queries, keys);
          List<dev.cairn.gradients.onnx.AttributeProto> attributes =
              new java.util.ArrayList<>(List.of(integer("is_causal", r.between(0, 1))));
          if (r.flip()) {
            attributes.add(number("softcap", 0.7f));
          }
          if (r.flip()) {
            attributes.add(number("scale", 0.6f));
          }
          String inputs = mask.equals("none") ? "h,k,v -> y" : "h,k,v,m -> y";
          graph.node("Attention", inputs, RandomCase.attributes(attributes));
          return of("Attention", graph, k, v, shared, queries, mask, attributes);
        });
  }

  /** Adds m, if any, and says what it is. */
  private static String mask(RandomCase r, TinyGraph graph, long queries, long keys) {
    String kind = r.oneOf(List.of("none", "bias", "one for all heads", "truth values"));
    switch (kind) {
      case "bias" -> graph.parameter("m", queries, keys);
      case "one for all heads" -> graph.parameter("m", 1, 1, queries, keys);
      case "truth values" -> {
        float[] kept = new float[(int) (queries * keys)];
        for (int i = 0; i < kept.length; i++) {
          // No row is hidden altogether.
          kept[i] = i % keys == 0 ? 1 : r.between(0, 1);
        }
        graph.constant("kept", kept, queries, keys).node("Cast", "kept -> m", integer("to", 9));
      }
      default -> {}
    }
    return kind;
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
}
