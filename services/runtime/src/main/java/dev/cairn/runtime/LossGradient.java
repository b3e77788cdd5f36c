package dev.cairn.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.cairn.gradients.GradientGraph;
import dev.cairn.gradients.ParameterFeatures;
import dev.cairn.runtime.onnx.OnnxSessions;
import dev.cairn.runtime.onnx.OpenTensors;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The training loss and its gradient by all parameters, in one run of ONNX Runtime on one thread.
 * For one thread at a time; parallelism comes from several of these on parts of a batch, so that
 * the bits of a training do not depend on the number of cores.
 */
public final class LossGradient implements AutoCloseable {

  private final OpenParameters parameters;
  private final TrainableModel model;
  private final OrtSession session;
  private final Map<ModelInput, InputBuffer> inputs = new HashMap<>();
  private final InputBuffer scale;
  private final InputBuffer offset;
  private final FloatBuffer prediction;
  private final FloatBuffer gradient;
  private final OpenTensors kept = new OpenTensors();
  private final Map<String, OnnxTensor> gradients = new HashMap<>();

  /**
   * @param parameters at which the gradient is taken, kept open by the caller
   * @param maxRows rows that one run may have
   */
  public LossGradient(OpenParameters parameters, int maxRows) {
    this.parameters = parameters;
    this.model = parameters.model();
    ModelSignature signature = model.model().signature();
    signature.inputs().forEach(input -> inputs.put(input, new InputBuffer(input, maxRows)));
    scale = new InputBuffer(cotangentPart(GradientGraph.SCALE), maxRows);
    offset = new InputBuffer(cotangentPart(GradientGraph.OFFSET), maxRows);
    prediction = direct((long) maxRows * signature.sample().elements());
    gradient = direct(model.size());
    try {
      for (ParameterFeatures parameter : model.parameters()) {
        gradients.put(
            GradientGraph.GRADIENT_PREFIX + parameter.name(),
            OpenParameters.part(kept, gradient, parameter));
      }
      session = OnnxSessions.open(parameters.rows());
    } catch (OrtException e) {
      kept.close();
      throw model.notLoaded(e);
    }
  }

  private ModelInput cotangentPart(String name) {
    return new ModelInput(
        name, ModelInput.Type.FLOAT32, model.model().signature().sample().shape());
  }

  private static FloatBuffer direct(long elements) {
    return OpenTensors.direct(elements * Float.BYTES).asFloatBuffer();
  }

  /**
   * Evaluates Σ_rows weight · mean_d (prediction − target)² and its gradient.
   *
   * @param rows 1 to maxRows
   * @param weight of each row; one over the batch for a mean
   * @param out written: the gradient by all parameters
   * @return the loss
   */
  public double run(List<TrainingRow> rows, double weight, float[] out) {
    int elements = model.model().signature().sample().elements();
    float slope = (float) (2 * weight / elements);
    load(rows, slope);
    try (OpenTensors open = new OpenTensors()) {
      Map<String, OnnxTensor> feeds = new HashMap<>(parameters.tensors());
      for (Map.Entry<ModelInput, InputBuffer> input : inputs.entrySet()) {
        feeds.put(input.getKey().name(), input.getValue().tensor(open, rows.size()));
      }
      feeds.put(GradientGraph.SCALE, scale.tensor(open, rows.size()));
      feeds.put(GradientGraph.OFFSET, offset.tensor(open, rows.size()));
      Map<String, OnnxTensor> pinned = new HashMap<>(gradients);
      pinned.put(GradientGraph.PREDICTION, predictionTensor(open, rows.size()));
      session.run(feeds, Set.of(), pinned).close();
    } catch (OrtException e) {
      throw model.stepFailed(e);
    }
    gradient.get(0, out);
    return loss(rows, weight / elements);
  }

  private void load(List<TrainingRow> rows, float slope) {
    ModelSignature signature = model.model().signature();
    float[] part = new float[signature.sample().elements()];
    for (int i = 0; i < rows.size(); i++) {
      TrainingRow row = rows.get(i);
      inputs.get(signature.sample()).put(i, row.sample());
      inputs.get(signature.timestep()).put(i, row.timestep());
      for (ModelInput input : signature.conditioning()) {
        inputs.get(input).put(i, Conditioning.require(row.conditioning(), input));
      }
      Arrays.fill(part, slope);
      scale.put(i, part);
      for (int j = 0; j < part.length; j++) {
        part[j] = -slope * row.target()[j];
      }
      offset.put(i, part);
    }
  }

  private OnnxTensor predictionTensor(OpenTensors open, int rows) throws OrtException {
    List<Integer> shape = model.model().signature().sample().shape();
    long[] dims = new long[shape.size() + 1];
    dims[0] = rows;
    for (int i = 0; i < shape.size(); i++) {
      dims[i + 1] = shape.get(i);
    }
    int count = rows * model.model().signature().sample().elements();
    return open.floats(prediction.slice(0, count), dims);
  }

  private double loss(List<TrainingRow> rows, double weight) {
    double sum = 0;
    int at = 0;
    for (TrainingRow row : rows) {
      for (float target : row.target()) {
        double error = (double) prediction.get(at++) - target;
        sum += error * error;
      }
    }
    return sum * weight;
  }

  @Override
  public void close() {
    OnnxSessions.close(session);
    kept.close();
  }
}
