package dev.cairn.runtime.compile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cairn.attribution.Npy;
import dev.cairn.gradients.Differentiator;
import dev.cairn.gradients.GradientGraph;
import dev.cairn.gradients.GradientSpec;
import dev.cairn.gradients.Parameters;
import dev.cairn.gradients.Projection;
import dev.cairn.gradients.onnx.NodeProto;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients of what PyTorch's old and new exporters write, against autograd. {@code
 * exports/make.py} made the models and the expected gradients.
 */
class ExportedModelsTest {
  private static final double TOLERANCE = 1e-4;

  /**
   * A file of half precision has its constants rounded as well, √2 to 1.4141: what is computed from
   * it in single precision is what the file says, but not quite what PyTorch computes without.
   */
  private static final double TOLERANCE_OF_HALF = 1e-3;

  /** Of a row's largest gradient; below it lies rounding (a key's bias has no effect at all). */
  private static final double NEGLIGIBLE = 1e-6;

  /** A parameter as the file has it. */
  record Expected(String name, List<Integer> shape) {
    int elements() {
      return shape.stream().reduce(1, Math::multiplyExact);
    }
  }

  static List<String> exports() {
    return List.of(
        "modules-opset17",
        "modules-opset18-dynamo",
        "residual-unet-opset13",
        "text-unet-opset17-half",
        "text-unet-opset18-dynamo",
        "transformer-opset16",
        "transformer-rms-opset23-dynamo");
  }

  @ParameterizedTest
  @MethodSource("exports")
  void every_parameter_has_its_own_name_its_shape_and_the_gradient_that_autograd_gives_it(
      String name) throws Exception {
    // Given
    Path directory = Path.of(ExportedModelsTest.class.getResource("/exports/" + name).toURI());
    List<Expected> parameters =
        new ObjectMapper()
            .readValue(directory.resolve("manifest.json").toFile(), new TypeReference<>() {});

    // When
    SimplifiedModel model = ModelSimplifier.simplify(directory.resolve("model.onnx"));
    GradientGraph graph =
        Differentiator.differentiate(
            model.simplified(),
            new GradientSpec(
                Parameters.discover(model.original(), model.simplified()),
                new Projection.Identity()));
    Map<String, float[]> outputs = run(graph, directory);

    // Then
    assertThat(model.simplified().getGraph().getNodeList())
        .extracting(NodeProto::getDomain)
        .containsOnly("");
    assertThat(error(outputs.get(GradientGraph.PREDICTION), floats(directory, "out_sample")))
        .isLessThan(tolerance(name));
    assertThat(graph.layout().stream().map(p -> new Expected(p.name(), p.shape())))
        .containsExactlyInAnyOrderElementsOf(parameters);
    assertGradients(parameters, floats(directory, "gradients"), outputs, directory);
  }

  private static double tolerance(String name) {
    return name.endsWith("half") ? TOLERANCE_OF_HALF : TOLERANCE;
  }

  private static void assertGradients(
      List<Expected> parameters, float[] all, Map<String, float[]> outputs, Path directory) {
    int rows = rows(directory);
    double tolerance = tolerance(directory.getFileName().toString());
    int total = all.length / rows;
    for (int row = 0; row < rows; row++) {
      double largest = 0;
      int offset = row * total;
      for (Expected parameter : parameters) {
        largest = Math.max(largest, norm(all, offset, parameter.elements()));
        offset += parameter.elements();
      }
      offset = row * total;
      for (Expected parameter : parameters) {
        int elements = parameter.elements();
        float[] expected = new float[elements];
        float[] actual = new float[elements];
        System.arraycopy(all, offset, expected, 0, elements);
        float[] gradient = outputs.get(GradientGraph.GRADIENT_PREFIX + parameter.name());
        System.arraycopy(gradient, row * elements, actual, 0, elements);
        if (norm(expected, 0, elements) > NEGLIGIBLE * largest) {
          assertThat(error(actual, expected))
              .as("%s, row %d", parameter.name(), row)
              .isLessThanOrEqualTo(tolerance);
        }
        offset += elements;
      }
    }
  }

  private static Map<String, float[]> run(GradientGraph graph, Path directory) throws Exception {
    float[] target = floats(directory, "target");
    int rows = rows(directory);
    float d = (float) target.length / rows;
    float[] scale = new float[target.length];
    float[] offset = new float[target.length];
    for (int i = 0; i < target.length; i++) {
      scale[i] = 2 / d;
      offset[i] = -2 * target[i] / d;
    }
    Map<String, float[]> inputs = new HashMap<>();
    for (String input : List.of("sample", "timestep", "class_labels", "encoder_hidden_states")) {
      if (Files.exists(directory.resolve(input + ".npy"))) {
        inputs.put(input, floats(directory, input));
      }
    }
    inputs.put(GradientGraph.SCALE, scale);
    inputs.put(GradientGraph.OFFSET, offset);
    try (var runner = new GradientRunner(graph.model())) {
      return runner.run(rows, inputs);
    }
  }

  private static float[] floats(Path directory, String name) {
    return Npy.readFloats(directory.resolve(name + ".npy")).data();
  }

  private static int rows(Path directory) {
    return Npy.readFloats(directory.resolve("sample.npy")).shape()[0];
  }

  private static double error(float[] actual, float[] expected) {
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(actual[i] - (double) expected[i], 2);
    }
    return Math.sqrt(difference) / norm(expected, 0, expected.length);
  }

  private static double norm(float[] values, int offset, int count) {
    double sum = 0;
    for (int i = offset; i < offset + count; i++) {
      sum += (double) values[i] * values[i];
    }
    return Math.sqrt(sum);
  }
}
