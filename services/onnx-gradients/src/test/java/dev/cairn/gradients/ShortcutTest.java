package dev.cairn.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.TensorProto;
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

  @Test
  void a_number_a_channel_is_added_within_the_normalisation_of_a_large_image() {
    assertThat(gradients(ShortcutCases.timed("image,vector")).getGraph().getNodeList())
        .noneMatch(n -> n.getInputList().equals(List.of("image", "vector")));
  }

  @Test
  void convolutions_whose_channels_would_collide_hand_on_channels_last() {
    // What the normalisation reads, and the gradient of what follows it.
    assertThat(turned(gradients(ShortcutCases.timed("image,vector")))).isEqualTo(2);
    assertThat(turned(gradients(ShortcutCases.concatenated("image,x -> y")))).isEqualTo(1);
    // The runtime concatenates in its own layout.
    assertThat(turned(gradients(ShortcutCases.concatenated("image,image -> y")))).isZero();
  }

  /** How many images are put with channels last. */
  private static long turned(ModelProto model) {
    return model.getGraph().getNodeList().stream()
        .filter(n -> n.getOpType().equals("Transpose"))
        .filter(n -> n.getAttribute(0).getIntsList().equals(List.of(0L, 2L, 3L, 1L)))
        .count();
  }

  @Test
  void inputs_of_large_layers_are_projected_before_the_forward_pass_goes_on() {
    RuleCase rule = ShortcutCases.timed("image,vector");
    List<String> all = TinyGraph.operators(gradients(rule));
    List<String> projected = TinyGraph.operators(gradients(rule, new Projection.Kronecker(1, 200)));

    // The slope of SiLU is waited for behind its Sigmoid, a projected input before.
    assertThat(all.indexOf("Shape")).isGreaterThan(all.indexOf("Sigmoid"));
    assertThat(projected.indexOf("Shape")).isBetween(0, projected.indexOf("Sigmoid"));
  }

  @Test
  void of_a_large_image_only_what_is_projected_is_enlarged() {
    RuleCase rule = ShortcutCases.enlargedFar();
    ModelProto model = gradients(rule, new Projection.Kronecker(1, 200));

    assertThat(TinyGraph.operators(model)).contains("Resize").doesNotContain("DepthToSpace");
    assertThat(model.getGraph().getNodeList()).noneMatch(n -> n.getOutputList().contains("r"));
  }

  @Test
  void scales_in_a_file_of_weights_are_not_looked_at() {
    // Given
    RuleCase rule = ShortcutCases.normalisedSilu("", 0.8f, -1.2f);
    ModelProto.Builder model = rule.graph().build("y").toBuilder();
    model.getGraphBuilder().getInitializerBuilderList().stream()
        .filter(weight -> weight.getName().equals("c"))
        .forEach(
            weight -> weight.clearRawData().setDataLocation(TensorProto.DataLocation.EXTERNAL));

    // When
    GradientGraph gradients =
        Differentiator.differentiate(
            model.build(), new GradientSpec(rule.graph().parameters(), new Projection.Identity()));

    // Then
    assertThat(normalisations(gradients.model())).isEqualTo(2);
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
