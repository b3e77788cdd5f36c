package dev.cairn.runtime.training;

import static dev.cairn.gradients.graph.GraphWriter.attribute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.NodeProto;
import dev.cairn.gradients.onnx.OperatorSetIdProto;
import dev.cairn.runtime.onnx.OnnxSessions;
import dev.cairn.runtime.onnx.OpenTensors;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlockedConvolutionsTest {
  private static final int SIZE = 6;

  @ParameterizedTest
  @ValueSource(ints = {8, 16})
  void a_kernel_is_laid_out_as_the_runtime_lays_out_a_constant_one(int block) throws OrtException {
    // Given
    List<Long> kernel = List.of(32L, 32L, 3L, 3L);
    SplitGraph split = SplitGraph.of(convolution(kernel, 1, 0, 1), Map.of("w", kernel).keySet());
    float[] places = new float[32 * 32 * 9];
    for (int i = 0; i < places.length; i++) {
      places[i] = i;
    }

    // When
    SplitGraph blocked = BlockedConvolutions.of(split, Map.of("w", kernel), block);

    // Then
    Map<String, float[]> prepared = run(blocked.weights(), Map.of("w", tensor(kernel, places)));
    assertThat(prepared).hasSize(1);
    assertThat(prepared.values().iterator().next()).isEqualTo(ChannelBlock.expected(block));
  }

  @ParameterizedTest
  @CsvSource({
    "16, 32, 1",
    "32, 16, 2",
    "48, 64, 1",
    "4, 32, 1",
    "1, 16, 1",
    "32, 4, 1",
    "16, 1, 1"
  })
  void a_blocked_convolution_gives_what_the_general_one_gives(int in, int out, int stride)
      throws OrtException {
    List<Long> kernel = List.of((long) out, (long) in, 3L, 3L);
    agrees(in, convolution(kernel, stride, 1, 1), kernel);
  }

  private static void agrees(int in, ModelProto model, List<Long> kernel) throws OrtException {
    // Given
    Map<String, List<Long>> parameters = Map.of("w", kernel, "b", kernel.subList(0, 1));
    Map<String, Input> inputs =
        Map.of(
            "w", random(kernel),
            "b", random(kernel.subList(0, 1)),
            "x", random(List.of(2L, (long) in, (long) SIZE, (long) SIZE)));
    float[] expected = run(model, inputs).get("y");

    // When
    SplitGraph split = TrainingGraph.of(model, parameters);

    // Then
    Map<String, Input> all = new HashMap<>(inputs);
    run(split.weights(), inputs)
        .forEach((name, values) -> all.put(name, tensor(split.prepared().get(name), values)));
    float[] actual = run(split.rows(), all).get("y");
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(1e-5f));
    }
  }

  @Test
  void a_convolution_of_each_channel_by_itself_gives_what_the_general_one_gives()
      throws OrtException {
    agrees(32, convolution(List.of(32L, 1L, 3L, 3L), 1, 1, 32), List.of(32L, 1L, 3L, 3L));
  }

  @Test
  void convolutions_are_blocked_where_the_machine_has_blocks() throws OrtException {
    List<Long> kernel = List.of(32L, 32L, 3L, 3L);
    ModelProto model = convolution(kernel, 1, 0, 1);

    SplitGraph split = TrainingGraph.of(model, Map.of("w", kernel));

    assertThat(
            split.rows().getGraph().getNodeList().stream()
                .anyMatch(node -> node.getDomain().equals(ChannelBlock.DOMAIN)))
        .isEqualTo(ChannelBlock.size() > 0);
  }

  /** y = w ∗ x + b, with rows of x. */
  private static ModelProto convolution(List<Long> kernel, int stride, int biases, int group) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("convolution");
    NodeProto.Builder node =
        NodeProto.newBuilder().setOpType("Conv").setName("c").addInput("x").addInput("w");
    graph.addInput(SplitGraph.info("x", 2, group * kernel.get(1), SIZE, SIZE));
    graph.addInput(SplitGraph.info("w", kernel.stream().mapToLong(Long::longValue).toArray()));
    if (biases > 0) {
      node.addInput("b");
      graph.addInput(SplitGraph.info("b", kernel.get(0)));
    }
    node.addOutput("y")
        .addAttribute(attribute("kernel_shape", new long[] {3, 3}))
        .addAttribute(attribute("group", group))
        .addAttribute(attribute("strides", new long[] {stride, stride}))
        .addAttribute(attribute("pads", new long[] {1, 1, 1, 1}));
    graph.addNode(node);
    graph.addOutput(SplitGraph.info("y", 2, kernel.get(0), SIZE / stride, SIZE / stride));
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(graph)
        .build();
  }

  private record Input(List<Long> shape, float[] values) {}

  private static Input tensor(List<Long> shape, float[] values) {
    return new Input(shape, values);
  }

  private static Input random(List<Long> shape) {
    Random random = new Random(shape.hashCode());
    float[] values =
        new float[(int) shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.1f * (float) random.nextGaussian();
    }
    return new Input(shape, values);
  }

  /** Every output of a model, from those inputs that it takes. */
  private static Map<String, float[]> run(ModelProto model, Map<String, Input> inputs)
      throws OrtException {
    Map<String, float[]> outputs = new HashMap<>();
    if (model.getGraph().getNodeCount() == 0) {
      return outputs;
    }
    try (OrtSession session = OnnxSessions.open(model.toByteArray());
        OpenTensors open = new OpenTensors()) {
      Map<String, OnnxTensor> feeds = new HashMap<>();
      for (String name : new ArrayList<>(session.getInputNames())) {
        Input input = inputs.get(name);
        FloatBuffer direct = OpenTensors.direct(4L * input.values().length).asFloatBuffer();
        direct.put(0, input.values());
        long[] shape = input.shape().stream().mapToLong(Long::longValue).toArray();
        feeds.put(name, open.floats(direct, shape));
      }
      try (OrtSession.Result result = session.run(feeds)) {
        for (String name : session.getOutputNames()) {
          FloatBuffer buffer = ((OnnxTensor) result.get(name).orElseThrow()).getFloatBuffer();
          float[] values = new float[buffer.remaining()];
          buffer.get(values);
          outputs.put(name, values);
        }
      }
    }
    return outputs;
  }
}
