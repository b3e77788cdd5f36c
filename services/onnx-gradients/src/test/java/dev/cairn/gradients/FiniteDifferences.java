package dev.cairn.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.TensorProto;
import java.util.HashMap;
import java.util.Map;

/** The gradients of a graph against central differences of its forward pass, row by row. */
final class FiniteDifferences {
  private static final int ROWS = 3;
  private static final float STEP = 1f / 128;
  private static final double TOLERANCE = 5e-3;

  private FiniteDifferences() {}

  static void check(RuleCase rule) {
    ModelProto model = rule.graph().build("y");
    var spec = new GradientSpec(rule.graph().parameters(), new Projection.Identity());
    GradientGraph graph = Differentiator.differentiate(model, spec);
    assertThat(graph.layout().stream().map(ParameterFeatures::name))
        .containsAll(rule.graph().parameters());
    Map<String, float[]> parameters = new HashMap<>();
    try (GraphRun forward = new GraphRun(opened(model, rule, parameters))) {
      float[] cotangent = forward.run(ROWS, parameters).get("y").clone();
      System.arraycopy(
          TinyGraph.noise("cotangent", cotangent.length), 0, cotangent, 0, cotangent.length);
      Map<String, float[]> outputs =
          GraphRun.run(
              graph.model(),
              ROWS,
              Map.of(
                  GradientGraph.SCALE,
                  new float[cotangent.length],
                  GradientGraph.OFFSET,
                  cotangent));
      assertPrediction(rule, outputs, forward.run(ROWS, parameters).get("y"));
      for (String parameter : rule.graph().parameters()) {
        double[] expected = differences(forward, parameters, parameter, cotangent);
        float[] actual = outputs.get(GradientGraph.GRADIENT_PREFIX + parameter);
        assertThat(distance(actual, expected) / Math.max(norm(expected), 1e-2))
            .as("%s, gradient by %s", rule, parameter)
            .isLessThan(TOLERANCE);
      }
    }
  }

  /** Some rules write the forward pass anew: it must compute what the runtime's operator does. */
  private static void assertPrediction(
      RuleCase rule, Map<String, float[]> outputs, float[] expected) {
    double[] values = new double[expected.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = expected[i];
    }
    float[] prediction = outputs.get(GradientGraph.PREDICTION);
    assertThat(distance(prediction, values) / Math.max(norm(values), 1e-2))
        .as("%s, prediction", rule)
        .isLessThan(1e-5);
  }

  /** The model with its parameters as inputs, so that one session serves all differences. */
  private static ModelProto opened(
      ModelProto model, RuleCase rule, Map<String, float[]> parameters) {
    GraphProto.Builder graph = model.getGraph().toBuilder().clearInitializer();
    for (TensorProto constant : model.getGraph().getInitializerList()) {
      if (rule.graph().parameters().contains(constant.getName())) {
        parameters.put(constant.getName(), Tensors.floats(constant));
        graph.addInput(Differentiator.info(constant.getName(), Tensors.shape(constant)));
      } else {
        graph.addInitializer(constant);
      }
    }
    return model.toBuilder().setGraph(graph).build();
  }

  /** [rows, parameter elements] of ⟨cotangent, prediction⟩ by each element. */
  private static double[] differences(
      GraphRun forward, Map<String, float[]> parameters, String parameter, float[] cotangent) {
    float[] values = parameters.get(parameter);
    int count = values.length;
    double[] differences = new double[ROWS * count];
    for (int i = 0; i < count; i++) {
      float value = values[i];
      values[i] = value + STEP;
      double[] up = rows(forward, parameters, cotangent);
      values[i] = value - STEP;
      double[] down = rows(forward, parameters, cotangent);
      values[i] = value;
      for (int row = 0; row < ROWS; row++) {
        differences[row * count + i] = (up[row] - down[row]) / (2 * STEP);
      }
    }
    return differences;
  }

  private static double[] rows(
      GraphRun forward, Map<String, float[]> parameters, float[] cotangent) {
    float[] prediction = forward.run(ROWS, parameters).get("y");
    double[] rows = new double[ROWS];
    int perRow = prediction.length / ROWS;
    for (int i = 0; i < prediction.length; i++) {
      rows[i / perRow] += (double) prediction[i] * cotangent[i];
    }
    return rows;
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
