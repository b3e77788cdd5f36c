package dev.cairn.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.cairn.gradients.ParameterFeatures;
import dev.cairn.runtime.onnx.OnnxSessions;
import dev.cairn.runtime.onnx.OpenTensors;
import dev.cairn.runtime.training.SplitGraph;
import dev.cairn.runtime.training.TrainingGraph;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model's parameters θ as a training goes on, and what is prepared from them once a step, such as
 * kernels rotated for the backward pass. Any number of {@link LossGradient} read them at once, but
 * not while they are set.
 */
public final class OpenParameters implements AutoCloseable {

  private final TrainableModel model;
  private final SplitGraph graph;
  private final OpenTensors open = new OpenTensors();
  private final FloatBuffer vector;
  private final Map<String, OnnxTensor> parameters = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> prepared = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> all = new HashMap<>();

  /** Null where nothing is to be prepared. */
  private final OrtSession session;

  public OpenParameters(TrainableModel model) {
    this.model = model;
    this.vector = OpenTensors.direct((long) model.size() * Float.BYTES).asFloatBuffer();
    try {
      graph = TrainingGraph.of(model.graph(), shapes(model.parameters()));
      for (ParameterFeatures parameter : model.parameters()) {
        parameters.put(parameter.name(), part(open, vector, parameter));
      }
      for (Map.Entry<String, List<Long>> value : graph.prepared().entrySet()) {
        prepared.put(value.getKey(), empty(value.getValue()));
      }
      session = prepared.isEmpty() ? null : OnnxSessions.open(graph.weights().toByteArray());
    } catch (OrtException e) {
      open.close();
      throw model.notLoaded(e);
    }
    all.putAll(prepared);
    graph.rows().getGraph().getInputList().stream()
        .filter(input -> parameters.containsKey(input.getName()))
        .forEach(input -> all.put(input.getName(), parameters.get(input.getName())));
  }

  private static Map<String, List<Long>> shapes(List<ParameterFeatures> parameters) {
    Map<String, List<Long>> shapes = new HashMap<>();
    for (ParameterFeatures parameter : parameters) {
      shapes.put(parameter.name(), parameter.shape().stream().map(Integer::longValue).toList());
    }
    return shapes;
  }

  private OnnxTensor empty(List<Long> shape) throws OrtException {
    long[] dims = shape.stream().mapToLong(Long::longValue).toArray();
    long elements = shape.stream().reduce(1L, Math::multiplyExact);
    return open.floats(OpenTensors.direct(elements * Float.BYTES).asFloatBuffer(), dims);
  }

  /** A parameter's place in a vector of all. */
  static OnnxTensor part(OpenTensors open, FloatBuffer vector, ParameterFeatures parameter)
      throws OrtException {
    long[] shape = parameter.shape().stream().mapToLong(Integer::longValue).toArray();
    return open.floats(vector.slice(parameter.offset(), parameter.length()), shape);
  }

  /** Sets θ for the runs that follow. */
  public void set(float[] values) {
    vector.put(0, values);
    if (session == null) {
      return;
    }
    try {
      session.run(parameters, Set.of(), prepared).close();
    } catch (OrtException e) {
      throw model.stepFailed(e);
    }
  }

  TrainableModel model() {
    return model;
  }

  /** The graph from these and a batch to prediction and gradients. */
  byte[] rows() {
    return graph.rows().toByteArray();
  }

  /** Everything that {@link #rows()} takes besides the batch. */
  Map<String, OnnxTensor> tensors() {
    return all;
  }

  @Override
  public void close() {
    if (session != null) {
      OnnxSessions.close(session);
    }
    open.close();
  }
}
