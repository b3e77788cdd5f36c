package dev.cairn.gradients;

import static dev.cairn.gradients.RandomCase.of;
import static dev.cairn.gradients.TinyGraph.integer;
import static dev.cairn.gradients.TinyGraph.ints;
import static dev.cairn.gradients.TinyGraph.text;

import dev.cairn.gradients.onnx.AttributeProto;
import java.util.ArrayList;
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

/** Rules that look at windows, against central differences at random shapes and attributes. */
class WindowProperties {
  private static final int TRIES = 24;

  private static Arbitrary<RuleCase> cases(Function<RandomCase, RuleCase> made) {
    return Arbitraries.randomValue((Random random) -> made.apply(new RandomCase(random)));
  }

  @Property(tries = 2 * TRIES)
  void convolutions(@ForAll("convolutionCases") RuleCase rule) {
    FiniteDifferences.check(rule);
  }

  @Provide
  Arbitrary<RuleCase> convolutionCases() {
    return cases(
        r -> {
          boolean transposed = r.flip();
          int spatial = r.between(1, 2);
          int group = r.between(1, 2);
          int in = r.between(1, 2);
          int out = r.between(1, 2);
          long[] kernel = r.many(spatial, 1, 3);
          long[] strides = r.many(spatial, 1, 2);
          long[] dilations = r.many(spatial, 1, 2);
          // Wide enough for the dilated window, and for padding of less than it.
          long[] sizes = r.many(spatial, transposed ? 2 : 5, 5);
          long[] pads = r.many(2 * spatial, 0, transposed ? 0 : 2);
          long[] weight =
              LongStream.concat(
                      transposed ? LongStream.of(in * group, out) : LongStream.of(out * group, in),
                      Arrays.stream(kernel))
                  .toArray();
          List<AttributeProto> attributes =
              new ArrayList<>(
                  List.of(
                      ints("strides", strides),
                      ints("dilations", dilations),
                      ints("pads", pads),
                      integer("group", group)));
          if (transposed) {
            attributes.add(
                ints(
                    "output_padding",
                    Arrays.stream(strides).map(s -> r.between(0, (int) s - 1)).toArray()));
          }
          long[] row = LongStream.concat(LongStream.of(in * group), Arrays.stream(sizes)).toArray();
          String operator = transposed ? "ConvTranspose" : "Conv";
          return of(
              operator,
              RuleCase.through(row)
                  .parameter("w", weight)
                  .parameter("b", (long) out * group)
                  .node(operator, "h,w,b -> y", RandomCase.attributes(attributes)),
              row,
              weight,
              "strides",
              strides,
              "dilations",
              dilations,
              "pads",
              pads);
        });
  }

  @Property(tries = TRIES)
  void pools(@ForAll("poolCases") RuleCase rule) {
    FiniteDifferences.check(rule);
  }

  @Provide
  Arbitrary<RuleCase> poolCases() {
    return cases(
        r -> {
          int spatial = r.between(1, 2);
          String operator = r.oneOf(List.of("AveragePool", "MaxPool"));
          long[] kernel = r.many(spatial, 2, 3);
          long[] strides = r.many(spatial, 1, 3);
          long[] pads = r.many(2 * spatial, 0, 1);
          long[] row =
              LongStream.concat(LongStream.of(2), Arrays.stream(r.many(spatial, 4, 6))).toArray();
          List<AttributeProto> attributes =
              new ArrayList<>(
                  List.of(
                      ints("kernel_shape", kernel), ints("strides", strides), ints("pads", pads)));
          if (operator.equals("AveragePool")) {
            attributes.add(integer("count_include_pad", r.between(0, 1)));
          }
          return of(
              operator,
              RuleCase.spaced(row)
                  .node(operator, "h -> a", RandomCase.attributes(attributes))
                  .node("Sin", "a -> y"),
              row,
              "kernel",
              kernel,
              "strides",
              strides,
              "pads",
              pads);
        });
  }

  @Property(tries = TRIES)
  void pads_and_slices(@ForAll("padCases") RuleCase rule) {
    FiniteDifferences.check(rule);
  }

  @Provide
  Arbitrary<RuleCase> padCases() {
    return cases(
        r -> {
          long[] row = r.many(r.between(1, 3), 3, 5);
          if (r.flip()) {
            String mode = r.oneOf(List.of("constant", "reflect", "edge"));
            int least = mode.equals("constant") ? -1 : 0;
            long[] pads = new long[2 * (row.length + 1)];
            for (int i = 0; i < row.length; i++) {
              pads[i + 1] = r.between(least, 2);
              pads[row.length + i + 2] = r.between(least, 2);
            }
            return of(
                "Pad",
                RuleCase.through(row)
                    .constant("pads", pads)
                    .node("Pad", "h,pads -> s", text("mode", mode))
                    .node("Sin", "s -> y"),
                row,
                mode,
                pads);
          }
          int axis = r.between(1, row.length);
          int size = (int) row[axis - 1];
          long step = r.oneOf(List.of(1L, 2L, -1L, -2L));
          int low = r.between(0, size - 1);
          int high = r.between(low + 1, size);
          long[] range = step > 0 ? new long[] {low, high} : new long[] {high - 1, low - 1L - size};
          return of(
              "Slice",
              RuleCase.through(row)
                  .constant("from", new long[] {range[0]})
                  .constant("to", new long[] {range[1]})
                  .constant("axis", new long[] {axis})
                  .constant("step", new long[] {step})
                  .node("Slice", "h,from,to,axis,step -> s")
                  .node("Sin", "s -> y"),
              row,
              "axis",
              axis,
              range,
              "step",
              step);
        });
  }

  @Property(tries = TRIES)
  void resizes(@ForAll("resizeCases") RuleCase rule) {
    FiniteDifferences.check(rule);
  }

  @Provide
  Arbitrary<RuleCase> resizeCases() {
    return cases(
        r -> {
          long[] row = {r.between(1, 2), r.between(2, 4), r.between(2, 4)};
          String mode = r.oneOf(List.of("nearest", "linear", "cubic"));
          String coordinates =
              r.oneOf(List.of("half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners"));
          boolean some = r.flip();
          float down = r.between(2, 8) / 4f;
          float across = r.between(2, 8) / 4f;
          float[] scales = some ? new float[] {across, down} : new float[] {1, 1, down, across};
          List<AttributeProto> attributes =
              new ArrayList<>(
                  List.of(
                      text("mode", mode),
                      text("coordinate_transformation_mode", coordinates),
                      integer("antialias", mode.equals("nearest") ? 0 : r.between(0, 1)),
                      integer("exclude_outside", mode.equals("cubic") ? r.between(0, 1) : 0)));
          if (some) {
            attributes.add(ints("axes", 3, 2));
          }
          return of(
              "Resize",
              RuleCase.through(row)
                  .opset(19)
                  .constant("s", scales, scales.length)
                  .node("Resize", "h,,s -> e", RandomCase.attributes(attributes))
                  .node("Sin", "e -> y"),
              row,
              down,
              across,
              attributes);
        });
  }
}
