package dev.cairn.gradients.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.NodeProto;
import dev.cairn.gradients.onnx.OperatorSetIdProto;
import dev.cairn.gradients.onnx.StringStringEntryProto;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ParameterNamesTest {
  private final GraphProto.Builder graph = GraphProto.newBuilder();

  @Test
  void the_old_exporter_tells_the_module_in_a_nodes_name() {
    weight("onnx::MatMul_7", 2, 3);
    node("/down_blocks.0/attn1/to_q/MatMul", "MatMul", "x", "onnx::MatMul_7");

    assertThat(names("onnx::MatMul_7"))
        .containsExactly("onnx::MatMul_7", "down_blocks.0.attn1.to_q.weight");
  }

  @Test
  void a_sequences_child_is_named_after_the_sequence_once() {
    weight("w", 2, 3);
    node("/block/mlp/mlp.0/Gemm", "Gemm", "x", "w", "b");

    assertThat(names("w")).contains("block.mlp.0.weight", "block.mlp.mlp.0.weight");
  }

  @Test
  void the_new_exporter_tells_it_in_metadata() {
    weight("val_3", 2, 3);
    weight("val_4", 3);
    String scopes = "['', 'blocks.0', 'blocks.0.norm', 'group_norm']";
    node("node_Mul_1", "Mul", "x", "val_3");
    node("node_group_norm", "Add", "x", "val_4");
    metadata(0, "pkg.torch.onnx.name_scopes", scopes);
    metadata(1, "namespace", ": Net/blocks.0: a.Block/blocks.0.norm: b.GroupNorm/group_norm: aten");

    assertThat(names("val_3")).containsExactly("val_3", "blocks.0.norm.weight");
    assertThat(names("val_4")).containsExactly("val_4", "blocks.0.norm.bias");
  }

  @Test
  void a_weight_is_followed_through_what_is_computed_from_it() {
    weight("w", 2, 3);
    weight("factor");
    node("t", "Transpose", "w");
    node("scaled", "Mul", "t", "factor");
    node("/to_v/MatMul", "MatMul", "x", "scaled");

    assertThat(names("w")).contains("to_v.weight");
    assertThat(WeightUse.of(model(), Set.of("w")).get("w"))
        .extracting(WeightUse::form)
        .containsExactly(WeightUse.Form.COMPUTED);
  }

  @Test
  void a_node_of_the_outermost_module_tells_nothing() {
    weight("val_1", 2, 3);
    node("/MatMul", "MatMul", "x", "val_1");
    node("node_linear", "MatMul", "x", "val_1");
    metadata(1, "pkg.torch.onnx.name_scopes", "['', 'linear']");

    assertThat(names("val_1")).containsExactly("val_1");
  }

  @Test
  void the_nearest_names_come_first_in_messages() {
    weight("up.weight", 2, 3);
    weight("down.weight", 2, 3);
    node("a", "MatMul", "x", "up.weight");
    node("b", "MatMul", "x", "down.weight");

    ParameterNames names = ParameterNames.of(model(), Set.of("up.weight", "down.weight"));

    assertThat(names.near("dwon.w*")).isEqualTo("down.weight, up.weight");
  }

  private Set<String> names(String parameter) {
    return ParameterNames.of(model(), Set.of(parameter)).byParameter().get(parameter);
  }

  private ModelProto model() {
    return ModelProto.newBuilder()
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(18))
        .setGraph(graph)
        .build();
  }

  private void weight(String name, long... shape) {
    int elements = 1;
    for (long size : shape) {
      elements *= (int) size;
    }
    graph.addInitializer(Tensors.floats(name, new float[elements], shape));
  }

  /** Its output is called as itself. */
  private void node(String name, String operator, String... inputs) {
    graph.addNode(
        NodeProto.newBuilder()
            .setName(name)
            .setOpType(operator)
            .addAllInput(java.util.List.of(inputs))
            .addOutput(name));
  }

  private void metadata(int node, String key, String value) {
    graph
        .getNodeBuilder(node)
        .addMetadataProps(StringStringEntryProto.newBuilder().setKey(key).setValue(value));
  }
}
