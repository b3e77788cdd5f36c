package dev.cairn.gradients;

import static dev.cairn.gradients.TinyGraph.integer;
import static dev.cairn.gradients.TinyGraph.ints;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.scope.LayerKind;
import dev.cairn.gradients.scope.ParameterScope;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ParameterScopeTest {
  private static final int ROWS = 3;

  @Test
  void names_are_chosen_by_pattern_and_left_out_by_pattern() {
    ModelProto model = block().build("y");

    assertThat(chosen(model, List.of("*.weight", "pos"), List.of("to_?.*"), Set.of()))
        .containsExactly("conv.weight", "pos", "norm.weight", "out.weight", "ff.weight");
  }

  @Test
  void kinds_are_read_from_the_graph() {
    ModelProto model = block().build("y");

    assertThat(kind(model, LayerKind.CONVOLUTION)).containsExactly("conv.weight", "conv.bias");
    assertThat(kind(model, LayerKind.NORM)).containsExactly("norm.weight", "norm.bias");
    assertThat(kind(model, LayerKind.EMBEDDING)).containsExactly("pos");
    assertThat(kind(model, LayerKind.BIAS)).containsExactly("conv.bias", "out.bias", "ff.bias");
    assertThat(kind(model, LayerKind.ATTENTION))
        .containsExactlyInAnyOrder(
            "to_q.weight", "to_k.weight", "to_v.weight", "out.weight", "out.bias");
    assertThat(kind(model, LayerKind.LINEAR)).contains("ff.weight", "ff.bias", "to_q.weight");
  }

  @Test
  void a_pattern_that_matches_nothing_is_refused_with_the_nearest_names() {
    ModelProto model = block().build("y");

    assertThatThrownBy(() -> chosen(model, List.of("*"), List.of("norms.*"), Set.of()))
        .isInstanceOf(GradientException.class)
        .hasMessageContaining("pattern 'norms.*' matches none of the model's 12 parameters")
        .hasMessageContaining("the nearest are norm.weight, norm.bias, ");
  }

  @Test
  void a_scope_that_holds_nothing_is_refused_with_what_there_is() {
    ModelProto model = block().build("y");

    assertThatThrownBy(() -> chosen(model, List.of("norm.*"), List.of(), Set.of(LayerKind.LORA)))
        .isInstanceOf(GradientException.class)
        .hasMessageContaining("scope parameters=norm.* layers=lora")
        .hasMessageContaining("names like 'conv.weight'");
  }

  @Test
  void adapters_beside_a_layer_are_found_by_shape_and_have_the_gradients_they_have_in_the_whole() {
    assertAdapterAlone(
        x().parameter("val_3", 8, 6)
            .parameter("val_1", 8, 2)
            .parameter("val_2", 2, 6)
            .parameter("val_4", 6)
            .constant("scale", new float[] {0.5f}, 1)
            .node("MatMul", "x,val_3 -> w")
            .node("MatMul", "x,val_1 -> a")
            .node("MatMul", "a,val_2 -> b")
            .node("Mul", "b,scale -> s")
            .node("Add", "w,s -> z")
            .node("Add", "z,val_4 -> y"));
  }

  @Test
  void adapters_within_a_weight_are_found_and_have_the_gradients_they_have_in_the_whole() {
    assertAdapterAlone(
        x().parameter("val_3", 6, 8)
            .parameter("val_2", 6, 2)
            .parameter("val_1", 2, 8)
            .constant("scale", new float[] {0.5f}, 1)
            .node("MatMul", "val_2,val_1 -> ba")
            .node("Mul", "ba,scale -> s")
            .node("Add", "val_3,s -> w")
            .node("Transpose", "w -> t")
            .node("MatMul", "x,t -> y"));
  }

  @Test
  void adapters_are_found_by_name() {
    ModelProto model =
        x().parameter("to_q.lora_A.default.weight", 8, 2)
            .parameter("to_q.lora_B.default.weight", 2, 6)
            .node("MatMul", "x,to_q.lora_A.default.weight -> a")
            .node("MatMul", "a,to_q.lora_B.default.weight -> y")
            .build("y");

    assertThat(kind(model, LayerKind.LORA))
        .containsExactly("to_q.lora_A.default.weight", "to_q.lora_B.default.weight");
  }

  /** val_1 and val_2 are the adapter's factors. */
  private static void assertAdapterAlone(TinyGraph graph) {
    // Given
    ModelProto model = graph.build("y");
    Map<String, float[]> whole = gradients(model, graph.parameters());

    // When
    Set<String> adapter = kind(model, LayerKind.LORA);

    // Then
    assertThat(adapter).containsExactlyInAnyOrder("val_1", "val_2");
    Map<String, float[]> alone = gradients(model, adapter);
    assertThat(alone.keySet()).isEqualTo(adapter);
    alone.forEach(
        (name, gradient) ->
            assertThat(gradient)
                .as(name)
                .isEqualTo(whole.get(name))
                .isNotEqualTo(new float[gradient.length]));
  }

  private static Map<String, float[]> gradients(ModelProto model, Set<String> parameters) {
    GradientGraph graph =
        Differentiator.differentiate(
            model, new GradientSpec(parameters, new Projection.Identity()));
    float[] offset = TinyGraph.noise("offset", ROWS * 5 * 6);
    Map<String, float[]> outputs =
        GraphRun.run(
            graph.model(),
            ROWS,
            Map.of(GradientGraph.SCALE, new float[offset.length], GradientGraph.OFFSET, offset));
    Map<String, float[]> gradients = new HashMap<>();
    graph
        .layout()
        .forEach(
            p -> gradients.put(p.name(), outputs.get(GradientGraph.GRADIENT_PREFIX + p.name())));
    return gradients;
  }

  private static TinyGraph x() {
    return new TinyGraph().input("x", 5, 8);
  }

  private static Set<String> kind(ModelProto model, LayerKind... kinds) {
    return chosen(model, List.of(), List.of(), Set.copyOf(Arrays.asList(kinds)));
  }

  private static Set<String> chosen(
      ModelProto model, List<String> include, List<String> exclude, Set<LayerKind> kinds) {
    return new ParameterScope(include, exclude, kinds).choose(model, model);
  }

  /** Patches, positions, a normalisation, attention over two heads, and a dense layer. */
  private static TinyGraph block() {
    TinyGraph graph =
        new TinyGraph()
            .input("x", 2, 4, 4)
            .parameter("conv.weight", 8, 2, 2, 2)
            .parameter("conv.bias", 8)
            .node("Conv", "x,conv.weight,conv.bias -> c", ints("strides", 2, 2))
            .constant("flat", new long[] {0, 8, 4})
            .node("Reshape", "c,flat -> f")
            .node("Transpose", "f -> t", ints("perm", 0, 2, 1))
            .parameter("pos", 1, 4, 8)
            .node("Add", "t,pos -> e")
            .parameter("norm.weight", 8)
            .parameter("norm.bias", 8)
            .node("LayerNormalization", "e,norm.weight,norm.bias -> n")
            .constant("split", new long[] {0, 4, 2, 4});
    for (String name : List.of("q", "k", "v")) {
      graph
          .parameter("to_" + name + ".weight", 8, 8)
          .node("MatMul", "n,to_" + name + ".weight -> " + name)
          .node("Reshape", name + ",split -> " + name + "s");
    }
    return graph
        .node("Transpose", "qs -> qh", ints("perm", 0, 2, 1, 3))
        .node("Transpose", "ks -> kh", ints("perm", 0, 2, 3, 1))
        .node("Transpose", "vs -> vh", ints("perm", 0, 2, 1, 3))
        .node("MatMul", "qh,kh -> scores")
        .node("Softmax", "scores -> p", integer("axis", -1))
        .node("MatMul", "p,vh -> oh")
        .node("Transpose", "oh -> os", ints("perm", 0, 2, 1, 3))
        .constant("join", new long[] {0, 4, 8})
        .node("Reshape", "os,join -> o")
        .parameter("out.weight", 8, 8)
        .parameter("out.bias", 8)
        .node("MatMul", "o,out.weight -> om")
        .node("Add", "om,out.bias -> ob")
        .node("Add", "e,ob -> r")
        .parameter("ff.weight", 8, 3)
        .parameter("ff.bias", 3)
        .node("MatMul", "r,ff.weight -> fm")
        .node("Add", "fm,ff.bias -> y");
  }
}
