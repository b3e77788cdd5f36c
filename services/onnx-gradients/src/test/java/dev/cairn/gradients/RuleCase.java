package dev.cairn.gradients;

import dev.cairn.gradients.graph.Shape;
import java.util.List;
import java.util.stream.Stream;

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
    return Stream.of(
            ElementwiseCases.all(),
            LayoutCases.all(),
            WindowCases.all(),
            ResizeCases.all(),
            ReductionCases.all(),
            LookupCases.all(),
            MatrixCases.all(),
            ConvolutionCases.all(),
            PoolingCases.all(),
            NormalisationCases.all(),
            AttentionCases.all(),
            WeightCases.all(),
            ShortcutCases.all())
        .flatMap(List::stream)
        .toList();
  }

  /** h = x + p, p with a parameter for every element of a row, so that dp is all of dh. */
  static TinyGraph through(long... shape) {
    return new TinyGraph().input("x", shape).parameter("p", shape).node("Add", "x,p -> h");
  }

  /**
   * h as in {@link #through}, but with elements of a row at least 0.03 apart and away from all
   * multiples of 0.1: for functions that bend there, and for maxima.
   */
  static TinyGraph spaced(long... shape) {
    int count = (int) Shape.of(shape).elements();
    float[] order = new float[count];
    float[] small = TinyGraph.noise("p", count);
    for (int i = 0; i < count; i++) {
      // A step that no count here is a multiple of leads through all of them.
      order[i] = (i * 37L % count - count / 2) * 0.1f + 0.05f;
      small[i] *= 0.01f;
    }
    long[] row = Shape.of(1).concat(Shape.of(shape)).sizes();
    return new TinyGraph()
        .input("x", shape)
        .parameter("p", small, shape)
        .constant("order", order, row)
        .constant("hundredth", new float[] {0.01f}, 1)
        .node("Mul", "x,hundredth -> x1")
        .node("Add", "x1,order -> x2")
        .node("Add", "x2,p -> h");
  }
}
