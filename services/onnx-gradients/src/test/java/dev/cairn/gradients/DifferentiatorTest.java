package dev.cairn.gradients;

import static dev.cairn.gradients.TinyGraph.integer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.ValueInfoProto;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DifferentiatorTest {
  private static final Projection IDENTITY = new Projection.Identity();

  @Test
  void an_unsupported_operator_is_named_with_its_opset_and_the_path_to_the_output() {
    // Given
    TinyGraph graph =
        new TinyGraph()
            .input("x", 4)
            .parameter("w", 4, 3)
            .node("MatMul", "x,w -> m")
            .node("Round", "m -> c")
            .node("Tanh", "c -> y");
    ModelProto model = graph.build("y");

    // Then
    assertThatThrownBy(
            () ->
                Differentiator.differentiate(model, new GradientSpec(graph.parameters(), IDENTITY)))
        .isInstanceOf(UnsupportedOperatorException.class)
        .hasMessage(
            "Node 'Round_1': no differentiation rule for operator Round (opset 17); it lies on"
                + " the path Round_1 -> Tanh_2 -> y");
  }

  @Test
  void an_operator_that_no_parameter_feeds_needs_no_rule() {
    // Given
    TinyGraph graph =
        new TinyGraph()
            .input("x", 4)
            .constant("axis", new long[] {1})
            .node("CumSum", "x,axis -> c")
            .parameter("w", 4, 3)
            .node("MatMul", "c,w -> y");

    // When
    GradientGraph gradients =
        Differentiator.differentiate(
            graph.build("y"), new GradientSpec(graph.parameters(), IDENTITY));

    // Then
    assertThat(gradients.featureDimension()).isEqualTo(12);
  }

  @Test
  void the_cotangent_is_scale_times_prediction_plus_offset_taken_as_constant() {
    // Given y = x w, so that the gradient of a row is its cotangent times x
    TinyGraph graph = new TinyGraph().input("x", 1).parameter("w", 1, 1).node("MatMul", "x,w -> y");
    GradientGraph gradients =
        Differentiator.differentiate(
            graph.build("y"), new GradientSpec(graph.parameters(), IDENTITY));

    // When
    Map<String, float[]> outputs =
        GraphRun.run(
            gradients.model(),
            2,
            Map.of(
                "x",
                new float[] {2, 3},
                GradientGraph.SCALE,
                new float[] {10, 0},
                GradientGraph.OFFSET,
                new float[] {1, 5}));

    // Then
    float[] y = outputs.get(GradientGraph.PREDICTION);
    assertThat(outputs.get(GradientGraph.FEATURES)).containsExactly((10 * y[0] + 1) * 2, 5 * 3);
  }

  @Test
  void inputs_are_those_of_the_model_then_scale_and_offset() {
    TinyGraph graph = new TinyGraph().input("x", 1).parameter("w", 1, 1).node("MatMul", "x,w -> y");

    GradientGraph gradients =
        Differentiator.differentiate(
            graph.build("y"), new GradientSpec(graph.parameters(), IDENTITY));

    assertThat(gradients.model().getGraph().getInputList())
        .extracting(ValueInfoProto::getName)
        .containsExactly("x", GradientGraph.SCALE, GradientGraph.OFFSET);
  }

  @Test
  void a_parameter_that_spans_rows_is_refused() {
    // Given a shift of values whose first axis is not the batch
    TinyGraph graph =
        new TinyGraph()
            .input("x", 4)
            .node("Transpose", "x -> t")
            .parameter("shift", 4, 1)
            .node("Add", "t,shift -> m")
            .node("Transpose", "m -> y");
    ModelProto model = graph.build("y");

    // Then
    assertThatThrownBy(
            () ->
                Differentiator.differentiate(model, new GradientSpec(graph.parameters(), IDENTITY)))
        .isInstanceOf(GradientException.class)
        .hasMessageContaining("'shift'")
        .hasMessageContaining("[4, batch]");
  }

  @Test
  void a_parameter_that_the_prediction_does_not_depend_on_is_left_out() {
    TinyGraph graph =
        new TinyGraph()
            .input("x", 2)
            .parameter("used", 2, 2)
            .parameter("unused", 2, 2)
            .node("MatMul", "x,unused -> u")
            .node("MatMul", "x,used -> y");

    GradientGraph gradients =
        Differentiator.differentiate(
            graph.build("y"), new GradientSpec(graph.parameters(), IDENTITY));

    assertThat(gradients.layout()).extracting(ParameterFeatures::name).containsExactly("used");
  }

  @Test
  void frequencies_of_a_timestep_embedding_are_no_parameters_but_a_scale_is() {
    // Given
    TinyGraph graph =
        new TinyGraph()
            .input("t", 1)
            .parameter("frequencies", 1, 4)
            .node("Mul", "t,frequencies -> a")
            .node("Sin", "a -> s")
            .parameter("w", 4, 3)
            .parameter("b", 3)
            .node("Gemm", "s,w,b -> g", integer("transB", 0))
            .parameter("scale", 3)
            .node("Mul", "g,scale -> z")
            .parameter("val_1", 1)
            .node("Mul", "z,val_1 -> y");
    ModelProto model = graph.build("y");

    // Then
    assertThat(Parameters.discover(model, model)).containsExactly("w", "b", "scale");
  }

  @Test
  void constants_that_simplification_made_are_no_parameters() {
    TinyGraph graph =
        new TinyGraph()
            .input("x", 2)
            .parameter("w", 2, 2)
            .node("MatMul", "x,w -> m")
            .parameter("folded", 2)
            .node("Mul", "m,folded -> y");
    ModelProto simplified = graph.build("y");
    ModelProto original = simplified.toBuilder().build();
    var withoutFolded = original.toBuilder();
    withoutFolded.getGraphBuilder().removeInitializer(1);

    assertThat(Parameters.discover(withoutFolded.build(), simplified)).isEqualTo(Set.of("w"));
  }
}
