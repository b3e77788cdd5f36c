package dev.cairn.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.TensorProto;
import dev.cairn.gradients.rules.Rules;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule against central differences of the forward graph, row by row. */
class FiniteDifferenceTest {
  private static final int ROWS = 3;
  private static final float STEP = 1f / 128;

  static List<RuleCase> cases() {
    return RuleCase.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradients_agree_with_central_differences(RuleCase rule) {
    // Given
    ModelProto model = rule.graph().build("y");
    var spec = new GradientSpec(rule.graph().parameters(), new Projection.Identity());

    // When
    GradientGraph graph = Differentiator.differentiate(model, spec);
    float[] cotangent = GraphRun.run(model, ROWS, Map.of()).get("y").clone();
    System.arraycopy(
        TinyGraph.noise("cotangent", cotangent.length), 0, cotangent, 0, cotangent.length);
    Map<String, float[]> outputs =
        GraphRun.run(
            graph.model(),
            ROWS,
            Map.of(
                GradientGraph.SCALE, new float[cotangent.length], GradientGraph.OFFSET, cotangent));

    // Then
    for (String parameter : rule.graph().parameters()) {
      double[] expected = differences(model, parameter, cotangent);
      float[] actual = outputs.get(GradientGraph.GRADIENT_PREFIX + parameter);
      assertThat(distance(actual, expected) / norm(expected)).as(parameter).isLessThan(2e-3);
    }
  }

  @Test
  void every_rule_has_a_case() {
    assertThat(cases().stream().map(RuleCase::operator).collect(Collectors.toSet()))
        .containsAll(Rules.operators());
  }

  /** [rows, parameter elements] of ⟨cotangent, prediction⟩ by each element. */
  private static double[] differences(ModelProto model, String parameter, float[] cotangent) {
    TensorProto tensor =
        model.getGraph().getInitializerList().stream()
            .filter(t -> t.getName().equals(parameter))
            .findFirst()
            .orElseThrow();
    int count = Tensors.floats(tensor).length;
    double[] differences = new double[ROWS * count];
    for (int i = 0; i < count; i++) {
      double[] up = rows(moved(model, tensor, i, STEP), cotangent);
      double[] down = rows(moved(model, tensor, i, -STEP), cotangent);
      for (int row = 0; row < ROWS; row++) {
        differences[row * count + i] = (up[row] - down[row]) / (2 * STEP);
      }
    }
    return differences;
  }

  private static double[] rows(ModelProto model, float[] cotangent) {
    float[] prediction = GraphRun.run(model, ROWS, Map.of()).get("y");
    double[] rows = new double[ROWS];
    int perRow = prediction.length / ROWS;
    for (int i = 0; i < prediction.length; i++) {
      rows[i / perRow] += (double) prediction[i] * cotangent[i];
    }
    return rows;
  }

  private static ModelProto moved(ModelProto model, TensorProto tensor, int index, float by) {
    float[] data = Tensors.floats(tensor).clone();
    data[index] += by;
    long[] shape = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
    var graph = model.getGraph().toBuilder();
    graph.setInitializer(
        model.getGraph().getInitializerList().indexOf(tensor),
        Tensors.floats(tensor.getName(), data, shape));
    return model.toBuilder().setGraph(graph).build();
  }

  private static double distance(float[] a, double[] b) {
    assertThat(a).hasSameSizeAs(b);
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }

  private static double norm(double[] a) {
    return distance(new float[a.length], a);
  }
}
