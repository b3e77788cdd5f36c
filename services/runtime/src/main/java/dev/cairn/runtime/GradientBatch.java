package dev.cairn.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.cairn.gradients.GradientGraph;
import dev.cairn.runtime.onnx.OpenTensors;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One worker's memory for runs of the gradient graph: inputs are written and features are read in
 * direct buffers that live as long as the worker.
 */
final class GradientBatch {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final CompiledGradients gradients;
  private final OrtSession session;
  private final int maxRows;
  private final Map<String, InputBuffer> inputs = new LinkedHashMap<>();
  private final InputBuffer scale;
  private final InputBuffer offset;
  private final FloatBuffer features;
  private long lastRunCpuNanos;

  GradientBatch(CompiledGradients gradients, OrtSession session, int maxRows) {
    this.gradients = gradients;
    this.session = session;
    this.maxRows = maxRows;
    ModelSignature signature = gradients.model().signature();
    signature.inputs().forEach(in -> inputs.put(in.name(), new InputBuffer(in, maxRows)));
    scale = new InputBuffer(cotangentPart(GradientGraph.SCALE), maxRows);
    offset = new InputBuffer(cotangentPart(GradientGraph.OFFSET), maxRows);
    features =
        OpenTensors.direct((long) maxRows * gradients.featureDimension() * Float.BYTES)
            .asFloatBuffer();
  }

  private ModelInput cotangentPart(String name) {
    return new ModelInput(name, ModelInput.Type.FLOAT32, gradients.manifest().predictionShape());
  }

  /**
   * Runs the graph once.
   *
   * @param rows 1 to maxRows
   * @return features, rows × K
   */
  float[][] features(List<GradientRow> rows) throws OrtException {
    int size = load(rows);
    int dimension = gradients.featureDimension();
    try (OpenTensors open = new OpenTensors()) {
      FloatBuffer target = features.slice(0, size * dimension);
      OnnxTensor pinned = open.floats(target, size, dimension);
      Map<String, OnnxTensor> feeds = feeds(open, size);
      long began = THREADS.getCurrentThreadCpuTime();
      session.run(feeds, Set.of(), Map.of(GradientGraph.FEATURES, pinned)).close();
      lastRunCpuNanos = THREADS.getCurrentThreadCpuTime() - began;
      return rows(target, rows.size(), dimension);
    }
  }

  /** CPU time of the last run inside ONNX Runtime, which has no threads but the caller's. */
  long lastRunCpuNanos() {
    return lastRunCpuNanos;
  }

  /**
   * Runs the graph once and hands every output to a reader.
   *
   * @param reader called once an output with its name and its values for these rows
   */
  void outputs(List<GradientRow> rows, OutputReader reader) throws OrtException {
    int size = load(rows);
    try (OpenTensors open = new OpenTensors();
        OrtSession.Result result = session.run(feeds(open, size))) {
      for (Map.Entry<String, OnnxValue> output : result) {
        OnnxTensor tensor = (OnnxTensor) output.getValue();
        FloatBuffer values = tensor.getFloatBuffer();
        int rowElements = values.remaining() / size;
        reader.read(output.getKey(), rows(values, rows.size(), rowElements));
      }
    }
  }

  /** Hears one output of a run: its name, and its values, rows × elements. */
  @FunctionalInterface
  interface OutputReader {
    void read(String output, float[][] rows);
  }

  /** Copies rows in; returns how many rows the run carries, padding included. */
  private int load(List<GradientRow> rows) {
    ModelSignature signature = gradients.model().signature();
    int size = gradients.manifest().batchInvariant() ? rows.size() : maxRows;
    for (int i = 0; i < size; i++) {
      // Where a model's kernels let the batch size change bits, every run has the same size; the
      // last row fills the gap.
      GradientRow row = rows.get(Math.min(i, rows.size() - 1));
      inputs.get(signature.sample().name()).put(i, row.sample());
      inputs.get(signature.timestep().name()).put(i, row.timestep());
      for (ModelInput input : signature.conditioning()) {
        inputs.get(input.name()).put(i, Conditioning.require(row.conditioning(), input));
      }
      scale.put(i, row.scale());
      offset.put(i, row.offset());
    }
    return size;
  }

  private Map<String, OnnxTensor> feeds(OpenTensors open, int size) throws OrtException {
    Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
    for (Map.Entry<String, InputBuffer> input : inputs.entrySet()) {
      feeds.put(input.getKey(), input.getValue().tensor(open, size));
    }
    feeds.put(GradientGraph.SCALE, scale.tensor(open, size));
    feeds.put(GradientGraph.OFFSET, offset.tensor(open, size));
    return feeds;
  }

  private static float[][] rows(FloatBuffer flat, int rows, int elements) {
    float[][] split = new float[rows][elements];
    for (int row = 0; row < rows; row++) {
      flat.get(row * elements, split[row]);
    }
    return split;
  }
}
