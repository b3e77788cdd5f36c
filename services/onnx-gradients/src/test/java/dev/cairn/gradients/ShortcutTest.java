package dev.cairn.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.ValueInfoProto;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That shortcuts are taken, and that they keep rows apart to the last bit. */
class ShortcutTest {
  private static final int ROWS = 4;

  static List<RuleCase> cases() {
    return ShortcutCases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void bits_of_a_row_do_not_depend_on_the_rows_beside_it(RuleCase rule) {
    // Given
    ModelProto model = gradients(rule);
    Map<String, float[]> inputs = new HashMap<>();
    for (ValueInfoProto input : model.getGraph().getInputList()) {
      inputs.put(input.getName(), TinyGraph.random(input, ROWS));
    }

    // When
    float[] together = GraphRun.run(model, ROWS, inputs).get(GradientGraph.FEATURES);
    inputs.replaceAll(
        (_, all) -> Arrays.copyOfRange(all, all.length / ROWS, all.length / ROWS * 3));
    float[] alone = GraphRun.run(model, 2, inputs).get(GradientGraph.FEATURES);

    // Then
    int length = together.length / ROWS;
    assertThat(alone).isEqualTo(Arrays.copyOfRange(together, length, 3 * length));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void predictions_stay_what_they_are(RuleCase rule) {
    // Given
    ModelProto model = rule.graph().build("y");

    // When
    float[] expected = GraphRun.run(model, ROWS, Map.of()).get("y");
    float[] actual = GraphRun.run(gradients(rule), ROWS, Map.of()).get(GradientGraph.PREDICTION);

    // Then
    double[] precise = new double[expected.length];
    Arrays.setAll(precise, i -> expected[i]);
    assertThat(Blocks.relativeError(actual, 0, precise)).isLessThan(1e-6);
  }

  @Test
  void a_dense_layer_becomes_one_product_that_adds_its_bias() {
    assertThat(TinyGraph.operators(gradients(ShortcutCases.attention())))
        .filteredOn("Gemm"::equals)
        .hasSize(2);
  }

  @Test
  void attention_sums_over_a_heads_width_not_over_pairs_of_positions() {
    // The rule of Softmax alone takes two products of pairs, the shortcut one: see the docstrings.
    assertThat(TinyGraph.operators(gradients(ShortcutCases.attention())))
        .filteredOn("Mul"::equals)
        .hasSize(3);
  }

  @Test
  void a_convolution_to_one_channel_goes_channel_by_channel() {
    ModelProto model = gradients(ShortcutCases.singleOutput());

    assertThat(model.getGraph().getNodeList())
        .filteredOn(n -> n.getOpType().equals("Conv") && n.getInputCount() == 3)
        .extracting(n -> n.getInput(2))
        .containsExactly("b");
    assertThat(model.getGraph().getNodeList())
        .noneMatch(n -> n.getInputList().equals(List.of("h", "w", "b")));
  }

  @Test
  void a_convolution_of_an_enlarged_image_is_computed_on_the_small_one() {
    List<String> operators = TinyGraph.operators(gradients(ShortcutCases.enlarged()));

    assertThat(operators).contains("DepthToSpace");
  }

  @Test
  void group_normalisation_is_written_anew_however_it_was_exported() {
    List<RuleCase> norms =
        RuleCase.all().stream()
            .filter(
                c -> c.what().contains("scales arranged") || c.what().equals("one scale a channel"))
            .toList();

    assertThat(norms)
        .hasSize(2)
        .allSatisfy(
            c ->
                assertThat(TinyGraph.operators(gradients(c)))
                    .contains("BatchNormalization")
                    .doesNotContain("InstanceNormalization", "GroupNormalization"));
  }

  @Test
  void the_slope_of_silu_is_made_before_anything_reads_its_output() {
    List<String> operators = TinyGraph.operators(gradients(ShortcutCases.silu()));

    assertThat(operators.indexOf("Shape")).isBetween(0, operators.indexOf("Tanh"));
  }

  @Test
  void a_large_normalisation_and_its_silu_go_back_together() {
    RuleCase rule = ShortcutCases.normalisedSilu("", 0.8f, -1.2f);
    RuleCase zero = ShortcutCases.normalisedSilu("", 0.8f, 0);

    // Forward, backward, and for f' with the scale in it: unless a scale is zero.
    assertThat(normalisations(gradients(rule))).isEqualTo(3);
    assertThat(normalisations(gradients(zero))).isEqualTo(2);
  }

  @Test
  void scales_that_training_changes_are_never_divided_by() {
    RuleCase rule = ShortcutCases.normalisedSilu("", 0.8f, -1.2f);

    assertThat(normalisations(gradients(rule, new Projection.Sum()))).isEqualTo(2);
  }

  private static long normalisations(ModelProto model) {
    return TinyGraph.operators(model).stream().filter("BatchNormalization"::equals).count();
  }

  private static ModelProto gradients(RuleCase rule) {
    return gradients(rule, new Projection.Identity());
  }

  private static ModelProto gradients(RuleCase rule, Projection projection) {
    return Differentiator.differentiate(
            rule.graph().build("y"), new GradientSpec(rule.graph().parameters(), projection))
        .model();
  }
}
