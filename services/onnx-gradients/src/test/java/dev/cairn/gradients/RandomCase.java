package dev.cairn.gradients;

import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.onnx.AttributeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Choices that random cases of rules are made of. */
record RandomCase(Random random) {
  /** From low to high, both included. */
  int between(int low, int high) {
    return low + random.nextInt(high - low + 1);
  }

  <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  boolean flip() {
    return random.nextBoolean();
  }

  /** Sizes of a row, 1 to 4 each. */
  long[] row(int lowRank, int highRank) {
    return LongStream.generate(() -> between(1, 4)).limit(between(lowRank, highRank)).toArray();
  }

  /** An axis behind the batch of a value of that many axes a row, as it is or from the end. */
  int axis(int rowRank) {
    int axis = between(1, rowRank);
    return flip() ? axis : axis - rowRank - 1;
  }

  /** Some of the axes behind the batch, at least one, in any order, as they are or from the end. */
  long[] axes(int rowRank) {
    List<Integer> all = new ArrayList<>(IntStream.rangeClosed(1, rowRank).boxed().toList());
    Collections.shuffle(all, random);
    return all.subList(0, between(1, rowRank)).stream()
        .mapToLong(a -> flip() ? a : a - rowRank - 1)
        .toArray();
  }

  long[] many(int count, int low, int high) {
    return LongStream.generate(() -> between(low, high)).limit(count).toArray();
  }

  /** A shape that spreads to a row's: leading axes left out, others made one. */
  long[] spreading(long[] row) {
    long[] kept = Arrays.copyOfRange(row, between(0, row.length - 1), row.length);
    return Arrays.stream(kept).map(size -> flip() ? size : 1).toArray();
  }

  /** The batch axis in front, then the others in any order. */
  long[] permutation(int rowRank) {
    List<Integer> rest = new ArrayList<>(IntStream.rangeClosed(1, rowRank).boxed().toList());
    Collections.shuffle(rest, random);
    return LongStream.concat(LongStream.of(0), rest.stream().mapToLong(i -> i)).toArray();
  }

  static long[] batched(long... row) {
    return LongStream.concat(LongStream.of(0), Arrays.stream(row)).toArray();
  }

  static long elements(long... shape) {
    return Shape.of(shape).elements();
  }

  static RuleCase of(String operator, TinyGraph graph, Object... what) {
    return new RuleCase(
        operator,
        Arrays.stream(what)
            .map(w -> w instanceof long[] longs ? Arrays.toString(longs) : String.valueOf(w))
            .reduce("", (a, b) -> a + " " + b),
        graph);
  }

  static AttributeProto[] attributes(List<AttributeProto> attributes) {
    return attributes.toArray(AttributeProto[]::new);
  }
}
