package dev.cairn.gradients;

import static dev.cairn.gradients.RandomCase.batched;
import static dev.cairn.gradients.RandomCase.of;
import static dev.cairn.gradients.TinyGraph.integer;
import static dev.cairn.gradients.TinyGraph.ints;
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

/** Rules that move elements about, against central differences at random shapes and axes. */
class LayoutProperties {
  private static final int TRIES = 24;

  private static Arbitrary<RuleCase> cases(Function<RandomCase, RuleCase> made) {
    return Arbitraries.randomValue((Random random) -> made.apply(new RandomCase(random)));
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
