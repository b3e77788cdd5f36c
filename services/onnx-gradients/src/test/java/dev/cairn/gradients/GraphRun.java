package dev.cairn.gradients;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.TensorProto;
import dev.cairn.gradients.onnx.ValueInfoProto;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.Map;

/** Runs a model on one thread. */
final class GraphRun implements AutoCloseable {
  private final ModelProto model;
  private final OrtSession session;

  GraphRun(ModelProto model) {
    this.model = model;
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      session = OrtEnvironment.getEnvironment().createSession(model.toByteArray(), options);
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs a model once. */
  static Map<String, float[]> run(ModelProto model, int batch, Map<String, float[]> given) {
    try (GraphRun run = new GraphRun(model)) {
      return run.run(batch, given);
    }
  }

  /**
   * @param batch rows; inputs that are not given are made up by {@link TinyGraph#random}
   */
  Map<String, float[]> run(int batch, Map<String, float[]> given) {
    Map<String, OnnxTensor> inputs = new HashMap<>();
    Map<String, float[]> outputs = new HashMap<>();
    try {
      for (ValueInfoProto input : model.getGraph().getInputList()) {
        float[] data = given.get(input.getName());
        inputs.put(
            input.getName(),
            tensor(input, data == null ? TinyGraph.random(input, batch) : data, batch));
      }
      try (OrtSession.Result result = session.run(inputs)) {
        result.forEach(e -> outputs.put(e.getKey(), floats((OnnxTensor) e.getValue())));
      }
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
    return outputs;
  }

  static OnnxTensor tensor(ValueInfoProto input, float[] data, int batch) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    long[] shape = TinyGraph.sizes(input, batch);
    if (input.getType().getTensorType().getElemType() == TensorProto.DataType.FLOAT.getNumber()) {
      return OnnxTensor.createTensor(environment, FloatBuffer.wrap(data), shape);
    }
    long[] integers = new long[data.length];
    for (int i = 0; i < data.length; i++) {
      integers[i] = (long) data[i];
    }
    return OnnxTensor.createTensor(environment, LongBuffer.wrap(integers), shape);
  }

  private static float[] floats(OnnxTensor tensor) {
    FloatBuffer buffer = tensor.getFloatBuffer();
    float[] data = new float[buffer.remaining()];
    buffer.get(data);
    return data;
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
