package dev.cairn.runtime.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.gradients.GradientGraph;
import dev.cairn.gradients.Projection;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A row's features must not depend, in a single bit, on the rows that share its batch. */
class RowIndependenceTest {
  private static final int ROWS = 32;

  static List<String> fixtures() {
    return Fixture.NAMES;
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void bits_of_a_row_are_the_same_in_any_batch_and_order(String name) throws Exception {
    // Given
    Fixture fixture = Fixture.of(name);
    GradientGraph graph = FixtureRun.of(fixture, new Projection.Kronecker(3, 2048)).graph();
    Map<String, float[]> inputs = manyRows(fixture);
    List<int[]> batches =
        List.of(
            rows(0, 1),
            rows(5, 1),
            rows(3, 2),
            rows(7, 5),
            rows(16, 16),
            new int[] {9, 2, 31, 2, 17, 0, 30});
    try (var runner = new GradientRunner(graph.model())) {
      float[] together = runner.run(ROWS, inputs).get(GradientGraph.FEATURES);
      for (int[] batch : batches) {
        // When
        float[] features =
            runner.run(batch.length, chosen(inputs, batch)).get(GradientGraph.FEATURES);

        // Then
        int k = graph.featureDimension();
        for (int i = 0; i < batch.length; i++) {
          int other = batch[i] * k;
          assertThat(Arrays.mismatch(features, i * k, (i + 1) * k, together, other, other + k))
              .as("first differing feature of row %d in a batch of %d", batch[i], batch.length)
              .isEqualTo(-1);
        }
      }
    }
  }

  private static int[] rows(int first, int count) {
    return IntStream.range(first, first + count).toArray();
  }

  /** The fixture's rows over and over, each time a little different. */
  private static Map<String, float[]> manyRows(Fixture fixture) {
    Map<String, float[]> given = fixture.inputs();
    given.put(GradientGraph.SCALE, fixture.array("out_sample").data());
    given.put(GradientGraph.OFFSET, fixture.array("target").data());
    Map<String, float[]> many = new HashMap<>();
    given.forEach(
        (input, data) -> {
          float[] rows = new float[data.length / fixture.rows() * ROWS];
          for (int i = 0; i < rows.length; i++) {
            float value = data[i % data.length];
            rows[i] = input.equals("timestep") ? value : value * (1 + i / data.length * 0.125f);
          }
          many.put(input, rows);
        });
    return many;
  }

  private static Map<String, float[]> chosen(Map<String, float[]> inputs, int[] rows) {
    Map<String, float[]> chosen = new HashMap<>();
    inputs.forEach(
        (name, data) -> {
          int length = data.length / ROWS;
          float[] some = new float[rows.length * length];
          for (int i = 0; i < rows.length; i++) {
            System.arraycopy(data, rows[i] * length, some, i * length, length);
          }
          chosen.put(name, some);
        });
    return chosen;
  }
}
