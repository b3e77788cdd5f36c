package dev.cairn.gradients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Projections inside the graph against the explicit matrices, applied in double. */
class ProjectionTest {
  private static final int ROWS = 3;
  private static final long SEED = 11;
  private static final int K = 7;

  @Test
  void dense_features_are_the_whole_gradient_times_a_matrix_of_signs() {
    // Given
    GradientGraph identity = graph(new Projection.Identity());
    float[] gradients = features(identity);

    // When
    float[] dense = features(graph(new Projection.Dense(SEED, K)));

    // Then
    int elements = identity.featureDimension();
    double[] expected = new double[ROWS * K];
    for (ParameterFeatures block : identity.layout()) {
      float[] p = new DenseProjection(SEED, K).matrix(block.name(), block.length());
      for (int i = 0; i < ROWS * K; i++) {
        for (int e = 0; e < block.length(); e++) {
          expected[i] +=
              (double) p[i % K * block.length() + e]
                  * gradients[i / K * elements + block.offset() + e];
        }
      }
    }
    assertClose(dense, expected);
  }

  @Test
  void signs_have_mean_zero_and_make_unit_columns() {
    float[] p = new DenseProjection(SEED, 64).matrix("w", 1000);

    double sum = 0;
    for (float entry : p) {
      assertThat(Math.abs(entry)).isEqualTo(0.125f);
      sum += entry;
    }
    assertThat(sum / p.length).isCloseTo(0, within(0.002));
  }

  @Test
  void a_sketch_adds_every_coordinate_to_one_target_with_a_sign() {
    // Given
    GradientGraph identity = graph(new Projection.Identity());
    float[] gradients = features(identity);

    // When
    GradientGraph graph = graph(new Projection.Sketched(new Projection.Identity(), SEED, K));
    float[] sketched = features(graph);

    // Then
    int elements = identity.featureDimension();
    SparseProjection sparse = new SparseProjection(SEED, K);
    double[] expected = new double[ROWS * K];
    for (int i = 0; i < gradients.length; i++) {
      int coordinate = i % elements;
      expected[i / elements * K + sparse.target(coordinate)] +=
          sparse.sign(coordinate) * (double) gradients[i];
    }
    assertThat(graph.featureDimension()).isEqualTo(K);
    assertClose(sketched, expected);
  }

  @Test
  void targets_of_a_sketch_are_spread_evenly() {
    SparseProjection sparse = new SparseProjection(SEED, 10);
    int[] counts = new int[10];
    for (int i = 0; i < 10_000; i++) {
      counts[sparse.target(i)]++;
    }
    for (int count : counts) {
      assertThat(count).isBetween(850, 1150);
    }
  }

  @Test
  void a_sketch_of_kronecker_features_starts_from_these() {
    // Given
    Projection kronecker = new Projection.Kronecker(SEED, 20);
    GradientGraph first = graph(kronecker);
    float[] before = features(first);

    // When
    float[] sketched = features(graph(new Projection.Sketched(kronecker, SEED, 4)));

    // Then
    SparseProjection sparse = new SparseProjection(SEED, 4);
    double[] expected = new double[ROWS * 4];
    for (int i = 0; i < before.length; i++) {
      int coordinate = i % first.featureDimension();
      expected[i / first.featureDimension() * 4 + sparse.target(coordinate)] +=
          sparse.sign(coordinate) * (double) before[i];
    }
    assertClose(sketched, expected);
  }

  @Test
  void normalised_rows_have_norm_one_and_keep_their_direction() {
    // Given
    float[] before = features(graph(new Projection.Identity()));

    // When
    float[] after = features(graph(new Projection.Normalised(new Projection.Identity())));

    // Then
    int k = before.length / ROWS;
    for (int row = 0; row < ROWS; row++) {
      double norm = 0;
      for (int i = 0; i < k; i++) {
        norm += Math.pow(before[row * k + i], 2);
      }
      for (int i = 0; i < k; i++) {
        assertThat((double) after[row * k + i])
            .isCloseTo(before[row * k + i] / Math.sqrt(norm), within(1e-6));
      }
    }
  }

  @Test
  void a_dense_matrix_that_does_not_fit_is_refused() {
    assertThatThrownBy(() -> graph(new Projection.Dense(SEED, 100_000_000)))
        .isInstanceOf(GradientException.class)
        .hasMessageContaining("choose fewer parameters, a smaller dimension");
  }

  @Test
  void moments_are_those_of_inputs_with_a_one_and_of_output_gradients() {
    // Given y = x w + b over four positions, so that δ is the offset
    TinyGraph graph =
        new TinyGraph()
            .input("x", 4, 3)
            .parameter("w", 3, 2)
            .parameter("b", 2)
            .node("MatMul", "x,w -> m")
            .node("Add", "m,b -> y");
    GradientGraph moments =
        Differentiator.differentiate(
            graph.build("y"), new GradientSpec(graph.parameters(), new Projection.Moments()));
    float[] offset = TinyGraph.noise("offset", ROWS * 4 * 2);

    // When
    Map<String, float[]> outputs =
        GraphRun.run(
            moments.model(),
            ROWS,
            Map.of(GradientGraph.SCALE, new float[offset.length], GradientGraph.OFFSET, offset));

    // Then
    float[] x = TinyGraph.noise("x", ROWS * 4 * 3);
    float[] in = outputs.get(GradientGraph.MOMENT_IN + "w");
    float[] out = outputs.get(GradientGraph.MOMENT_OUT + "w");
    for (int row = 0; row < ROWS; row++) {
      for (int i = 0; i < 16; i++) {
        double expected = 0;
        for (int s = 0; s < 4; s++) {
          expected += withOne(x, row * 4 + s, i / 4) * withOne(x, row * 4 + s, i % 4);
        }
        assertThat((double) in[row * 16 + i]).isCloseTo(expected, within(1e-5));
      }
      for (int i = 0; i < 4; i++) {
        double expected = 0;
        for (int s = 0; s < 4; s++) {
          int at = (row * 4 + s) * 2;
          expected += (double) offset[at + i / 2] * offset[at + i % 2];
        }
        assertThat((double) out[row * 4 + i]).isCloseTo(expected, within(1e-5));
      }
    }
  }

  private static double withOne(float[] x, int position, int index) {
    return index == 3 ? 1 : x[position * 3 + index];
  }

  private static GradientGraph graph(Projection projection) {
    TinyGraph graph =
        new TinyGraph()
            .input("x", 3, 4)
            .parameter("w", 4, 5)
            .parameter("b", 5)
            .node("MatMul", "x,w -> m")
            .node("Add", "m,b -> z")
            .node("Tanh", "z -> y");
    return Differentiator.differentiate(
        graph.build("y"), new GradientSpec(graph.parameters(), projection));
  }

  private static float[] features(GradientGraph graph) {
    Map<String, float[]> given = new HashMap<>();
    given.put(GradientGraph.SCALE, TinyGraph.noise("scale", ROWS * 15));
    given.put(GradientGraph.OFFSET, TinyGraph.noise("offset", ROWS * 15));
    return GraphRun.run(graph.model(), ROWS, given).get(GradientGraph.FEATURES);
  }

  private static void assertClose(float[] actual, double[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i]).isCloseTo(expected[i], within(1e-5));
    }
  }
}
