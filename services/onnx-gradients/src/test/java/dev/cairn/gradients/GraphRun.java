package dev.cairn.gradients;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.cairn.gradients.onnx.ModelProto;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/** Runs a model once, on one thread. */
final class GraphRun {
  private GraphRun() {}

  /**
   * @param batch rows; inputs that are not given are made up by {@link TinyGraph#random}
   */
  static Map<String, float[]> run(ModelProto model, int batch, Map<String, float[]> given) {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> inputs = new HashMap<>();
    Map<String, float[]> outputs = new HashMap<>();
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      try (OrtSession session = environment.createSession(model.toByteArray(), options)) {
        for (var input : model.getGraph().getInputList()) {
          float[] data = given.getOrDefault(input.getName(), TinyGraph.random(input, batch));
          inputs.put(input.getName(), tensor(data, TinyGraph.sizes(input, batch)));
        }
        try (OrtSession.Result result = session.run(inputs)) {
          result.forEach(e -> outputs.put(e.getKey(), floats((OnnxTensor) e.getValue())));
        }
      }
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
    return outputs;
  }

  static OnnxTensor tensor(float[] data, long[] shape) throws OrtException {
    return OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), FloatBuffer.wrap(data), shape);
  }

  private static float[] floats(OnnxTensor tensor) {
    FloatBuffer buffer = tensor.getFloatBuffer();
    float[] data = new float[buffer.remaining()];
    buffer.get(data);
    return data;
  }
}
