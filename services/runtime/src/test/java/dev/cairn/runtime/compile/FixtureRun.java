package dev.cairn.runtime.compile;

import dev.cairn.gradients.Differentiator;
import dev.cairn.gradients.GradientGraph;
import dev.cairn.gradients.GradientSpec;
import dev.cairn.gradients.ParameterFeatures;
import dev.cairn.gradients.Parameters;
import dev.cairn.gradients.Projection;
import dev.cairn.gradients.onnx.NodeProto;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** A fixture's model, differentiated and run on the fixture's own rows. */
record FixtureRun(Fixture fixture, SimplifiedModel model, GradientGraph graph) {

  static FixtureRun of(Fixture fixture, Projection projection) {
    SimplifiedModel model = ModelSimplifier.simplify(fixture.model());
    var parameters = Parameters.discover(model.original(), model.simplified());
    return new FixtureRun(
        fixture,
        model,
        Differentiator.differentiate(model.simplified(), new GradientSpec(parameters, projection)));
  }

  /** Outputs, with the cotangent of each row's own loss, mean over d of (prediction − target)². */
  Map<String, float[]> outputs() throws Exception {
    float[] target = fixture.array("target").data();
    float d = (float) target.length / fixture.rows();
    float[] scale = new float[target.length];
    float[] offset = new float[target.length];
    for (int i = 0; i < target.length; i++) {
      scale[i] = 2 / d;
      offset[i] = -2 * target[i] / d;
    }
    Map<String, float[]> inputs = fixture.inputs();
    inputs.put(GradientGraph.SCALE, scale);
    inputs.put(GradientGraph.OFFSET, offset);
    try (var runner = new GradientRunner(graph.model())) {
      return runner.run(fixture.rows(), inputs);
    }
  }

  /** Gradients by PyTorch name; of a weight that the exporter transposed, transposed back. */
  Map<String, float[]> torchGradients() throws Exception {
    Map<String, NodeProto> readers = new HashMap<>();
    for (NodeProto node : model.original().getGraph().getNodeList()) {
      node.getInputList().forEach(input -> readers.put(input, node));
    }
    Map<String, float[]> outputs = outputs();
    Map<String, float[]> gradients = new TreeMap<>();
    for (ParameterFeatures block : graph.layout()) {
      NodeProto reader = readers.get(block.name());
      float[] gradient = outputs.get(GradientGraph.GRADIENT_PREFIX + block.name());
      gradients.put(
          fixture.torchName(block.name(), reader),
          reader.getOpType().equals("MatMul")
              ? transpose(gradient, block.shape().get(0), block.shape().get(1))
              : gradient);
    }
    return gradients;
  }

  private static float[] transpose(float[] matrices, int rows, int columns) {
    float[] transposed = new float[matrices.length];
    for (int i = 0; i < matrices.length; i++) {
      int matrix = i / (rows * columns);
      int row = i / columns % rows;
      transposed[matrix * rows * columns + i % columns * rows + row] = matrices[i];
    }
    return transposed;
  }
}
