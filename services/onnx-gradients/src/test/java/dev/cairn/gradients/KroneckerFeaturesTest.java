package dev.cairn.gradients;

import static dev.cairn.gradients.TinyGraph.integer;
import static dev.cairn.gradients.TinyGraph.ints;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cairn.gradients.ParameterFeatures.Kind;
import dev.cairn.gradients.onnx.ModelProto;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KroneckerFeaturesTest {
  private static final int ROWS = 3;
  private static final long SEED = 11;

  /**
   * A bit of everything: strided and grouped convolutions, lone vectors, tied and shared weights.
   */
  private static TinyGraph network() {
    return new TinyGraph()
        .input("x", 4, 6, 6)
        .parameter("conv.w", 6, 4, 3, 3)
        .parameter("conv.b", 6)
        .node("Conv", "x,conv.w,conv.b -> c", ints("pads", 1, 1, 1, 1))
        .node("Tanh", "c -> ct")
        .parameter("group.w", 6, 3, 3, 3)
        .parameter("group.b", 6)
        .node(
            "Conv",
            "ct,group.w,group.b -> g",
            ints("strides", 2, 2),
            ints("pads", 0, 0, 1, 1),
            integer("group", 2))
        .parameter("scale", 6, 1, 1)
        .node("Mul", "g,scale -> gs")
        .constant("shape", new long[] {0, 6, -1})
        .node("Reshape", "gs,shape -> r")
        .node("Transpose", "r -> t", ints("perm", 0, 2, 1))
        .parameter("dense.w", 6, 6)
        .parameter("dense.b", 6)
        .node("MatMul", "t,dense.w -> d")
        .node("Add", "dense.b,d -> db")
        .node("Sigmoid", "db -> s")
        .parameter("tied.w", 6, 6)
        .node("MatMul", "s,tied.w -> u")
        .node("Tanh", "u -> ut")
        .node("MatMul", "ut,tied.w -> v")
        .node("Flatten", "v -> f")
        .parameter("gemm.w", 5, 54)
        .parameter("gemm.b", 5)
        .node("Gemm", "f,gemm.w,gemm.b -> y", integer("transB", 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 60, 300, 5000})
  void features_are_both_projections_of_the_gradient(int dimension) {
    // Given
    ModelProto model = network().build("y");
    Set<String> parameters = network().parameters();
    GradientGraph identity =
        Differentiator.differentiate(
            model, new GradientSpec(parameters, new Projection.Identity()));
    Map<String, float[]> gradients = GraphRun.run(identity.model(), ROWS, Map.of());

    // When
    GradientGraph kronecker =
        Differentiator.differentiate(
            model, new GradientSpec(parameters, new Projection.Kronecker(SEED, dimension)));
    float[] features = GraphRun.run(kronecker.model(), ROWS, Map.of()).get(GradientGraph.FEATURES);

    // Then
    assertThat(kronecker.featureDimension()).isLessThanOrEqualTo(dimension);
    assertThat(features).hasSize(ROWS * kronecker.featureDimension());
    for (int row = 0; row < ROWS; row++) {
      for (ParameterFeatures block : kronecker.layout()) {
        double[] expected = Blocks.projected(block, SEED, gradients, row, ROWS);
        int offset = row * kronecker.featureDimension() + block.offset();
        assertThat(Blocks.relativeError(features, offset, expected))
            .as(block.name() + " row " + row)
            .isLessThan(1e-4);
      }
    }
  }

  @Test
  void the_layout_covers_every_parameter_once_and_the_vector_without_gaps() {
    // Given
    TinyGraph network = network();

    // When
    GradientGraph graph =
        Differentiator.differentiate(
            network.build("y"),
            new GradientSpec(network.parameters(), new Projection.Kronecker(SEED, 200)));

    // Then
    Set<String> covered = new HashSet<>();
    int offset = 0;
    for (ParameterFeatures block : graph.layout()) {
      assertThat(block.offset()).isEqualTo(offset);
      offset += block.length();
      covered.add(block.name());
      if (block.bias() != null) {
        covered.add(block.bias());
      }
    }
    assertThat(covered).isEqualTo(network.parameters());
    assertThat(offset).isEqualTo(graph.featureDimension());
    assertThat(graph.layout())
        .filteredOn(block -> block.kind() == Kind.VECTOR)
        .extracting(ParameterFeatures::name)
        .containsExactly("scale");
  }

  @Test
  void projection_matrices_keep_lengths_on_average() {
    // Given
    int columns = 40;
    var layer =
        new ParameterFeatures(
            "w", null, Kind.KRONECKER, List.of(8, 5, 2, 4), false, 8, columns, 4, 24, 0);

    // When the squared length of every unit vector after projection, over many seeds
    double sum = 0;
    for (int seed = 0; seed < 200; seed++) {
      for (float entry : new ProjectionMatrices(seed).in(layer)) {
        sum += entry * entry;
      }
    }

    // Then
    assertThat(sum / 200 / columns).isCloseTo(1, within(1e-5));
  }

  @Test
  void the_same_seed_makes_the_same_matrices_and_another_seed_others() {
    var layer =
        new ParameterFeatures("w", "b", Kind.KRONECKER, List.of(8, 9), false, 8, 10, 4, 5, 0);

    assertThat(new ProjectionMatrices(7).in(layer)).isEqualTo(new ProjectionMatrices(7).in(layer));
    assertThat(new ProjectionMatrices(7).in(layer))
        .isNotEqualTo(new ProjectionMatrices(8).in(layer));
  }

  @Test
  void too_small_a_dimension_is_refused_with_the_least_possible() {
    TinyGraph network = network();
    var spec = new GradientSpec(network.parameters(), new Projection.Kronecker(SEED, 2));
    ModelProto model = network.build("y");

    assertThatThrownBy(() -> Differentiator.differentiate(model, spec))
        .isInstanceOf(GradientException.class)
        .hasMessageContaining("at least 6");
  }
}
