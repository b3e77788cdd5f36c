package dev.cairn.runtime.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.gradients.Parameters;
import dev.cairn.gradients.graph.ForwardGraph;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.NodeProto;
import dev.cairn.gradients.onnx.OperatorSetIdProto;
import dev.cairn.gradients.onnx.TensorShapeProto;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModelSimplifierTest {
  @TempDir Path directory;

  static List<String> fixtures() {
    return Fixture.NAMES;
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void shape_arithmetic_is_gone_and_every_value_has_a_shape_of_rows(String name) {
    ModelProto simplified = ModelSimplifier.simplify(Fixture.of(name).model()).simplified();

    ForwardGraph graph = new ForwardGraph(simplified);
    assertThat(simplified.getGraph().getNodeList())
        .extracting(NodeProto::getOpType)
        .doesNotContain("Shape", "Gather", "Constant", "ConstantOfShape");
    assertThat(simplified.getOpsetImportList())
        .extracting(OperatorSetIdProto::getDomain)
        .containsExactly("");
    assertThat(graph.nodes())
        .allSatisfy(node -> assertThat(graph.shape(node.output()).isBatched()).isTrue());
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void every_parameter_of_the_original_survives(String name) {
    Fixture fixture = Fixture.of(name);

    SimplifiedModel model = ModelSimplifier.simplify(fixture.model());

    assertThat(Parameters.discover(model.original(), model.simplified()))
        .hasSameSizeAs(fixture.parameters());
  }

  @Test
  void the_batch_axis_may_have_any_name() throws Exception {
    Path model = withDimensions("n", 1);

    ModelProto simplified = ModelSimplifier.simplify(model).simplified();

    assertThat(new ForwardGraph(simplified).prediction().shape()).hasToString("[batch, 1, 8, 8]");
  }

  @Test
  void a_fixed_batch_is_refused() throws Exception {
    Path model = withDimensions("", 1);

    assertThatThrownBy(() -> ModelSimplifier.simplify(model))
        .isInstanceOf(SimplificationException.class)
        .hasMessageContaining("export the model with a dynamic batch axis");
  }

  @Test
  void another_open_axis_is_named_and_may_be_given_a_size() throws Exception {
    Path model = withDimensions("batch", 0);

    assertThatThrownBy(() -> ModelSimplifier.simplify(model))
        .isInstanceOf(SimplificationException.class)
        .hasMessageContaining("input 'sample' has an open axis 'channels' besides the batch");
    assertThat(ModelSimplifier.simplify(model, Map.of("channels", 1L)).simplified()).isNotNull();
  }

  @Test
  void a_file_that_is_no_model_is_refused() throws Exception {
    Path file = Files.writeString(directory.resolve("model.onnx"), "not a model at all");

    assertThatThrownBy(() -> ModelSimplifier.simplify(file))
        .isInstanceOf(SimplificationException.class)
        .hasMessageContaining("cannot be read as an ONNX model");
  }

  /**
   * A fixture's model with other input axes.
   *
   * @param batch name of the first axis; empty for a fixed one
   * @param channels size of the sample's second axis; 0 leaves it open
   */
  private Path withDimensions(String batch, int channels) throws Exception {
    Path original = Fixture.of("unconditional-opset14").model();
    ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(original)).toBuilder();
    for (int i = 0; i < model.getGraph().getInputCount(); i++) {
      var shape =
          model
              .getGraphBuilder()
              .getInputBuilder(i)
              .getTypeBuilder()
              .getTensorTypeBuilder()
              .getShapeBuilder();
      var first = TensorShapeProto.Dimension.newBuilder();
      shape.setDim(0, batch.isEmpty() ? first.setDimValue(1) : first.setDimParam(batch));
      if (i == 0 && channels == 0) {
        shape.setDim(1, TensorShapeProto.Dimension.newBuilder().setDimParam("channels"));
      }
    }
    return Files.write(directory.resolve("changed.onnx"), model.build().toByteArray());
  }
}
