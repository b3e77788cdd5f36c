package dev.cairn.runtime.compile;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.cairn.gradients.onnx.ModelProto;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.Map;

/** Runs a gradient graph on one thread, for tests. */
final class GradientRunner implements AutoCloseable {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  GradientRunner(ModelProto model) throws OrtException {
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      session = environment.createSession(model.toByteArray(), options);
    }
  }

  /** Inputs row-major; integers as floats. */
  Map<String, float[]> run(int rows, Map<String, float[]> values) throws OrtException {
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try {
      for (NodeInfo input : session.getInputInfo().values()) {
        inputs.put(input.getName(), tensor(rows, input, values.get(input.getName())));
      }
      Map<String, float[]> outputs = new HashMap<>();
      try (OrtSession.Result result = session.run(inputs)) {
        for (var output : result) {
          FloatBuffer buffer = ((OnnxTensor) output.getValue()).getFloatBuffer();
          float[] data = new float[buffer.remaining()];
          buffer.get(data);
          outputs.put(output.getKey(), data);
        }
      }
      return outputs;
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor tensor(int rows, NodeInfo input, float[] data) throws OrtException {
    TensorInfo info = (TensorInfo) input.getInfo();
    long[] shape = info.getShape().clone();
    shape[0] = rows;
    if (info.type == OnnxJavaType.FLOAT) {
      return OnnxTensor.createTensor(environment, FloatBuffer.wrap(data), shape);
    }
    long[] integers = new long[data.length];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = (long) data[i];
    }
    return OnnxTensor.createTensor(environment, LongBuffer.wrap(integers), shape);
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
