package dev.cairn.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.cairn.runtime.onnx.OnnxSessions;
import dev.cairn.runtime.onnx.OpenTensors;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs the model forward. Safe for several threads; each call brings its own memory. */
public final class Denoiser implements AutoCloseable {

  private final DenoiserModel model;
  private final OrtSession session;

  public Denoiser(DenoiserModel model) {
    this.model = model;
    try {
      this.session = OnnxSessions.openInSinglePrecision(model.path());
    } catch (OrtException e) {
      throw new BundleException(
          model.path() + ": ONNX Runtime cannot load it (" + OnnxSessions.firstLine(e) + ")", e);
    }
  }

  /**
   * Predicts one row.
   *
   * @param sample x_t, flattened
   * @param timestep t
   * @param conditioning further inputs by name, flattened
   * @return ε̂, v̂ or x̂_0, as the model was trained; flattened
   */
  public float[] predict(float[] sample, long timestep, Map<String, float[]> conditioning) {
    return predict(List.of(new Point(sample, timestep, conditioning)))[0];
  }

  /** One row of input. */
  public record Point(float[] sample, long timestep, Map<String, float[]> conditioning) {}

  /** Predicts several rows in one run; row i of the result belongs to {@code points.get(i)}. */
  public float[][] predict(List<Point> points) {
    int rows = points.size();
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try (OpenTensors open = new OpenTensors()) {
      for (ModelInput input : model.signature().inputs().toList()) {
        InputBuffer buffer = new InputBuffer(input, rows);
        for (int row = 0; row < rows; row++) {
          fill(buffer, input, row, points.get(row));
        }
        inputs.put(input.name(), buffer.tensor(open, rows));
      }
      try (OrtSession.Result result = session.run(inputs)) {
        OnnxTensor prediction =
            (OnnxTensor) result.get(model.signature().prediction()).orElseThrow();
        return split(prediction.getFloatBuffer(), rows);
      }
    } catch (OrtException e) {
      throw new IllegalStateException(
          model.path() + ": the forward pass failed (" + OnnxSessions.firstLine(e) + ")", e);
    }
  }

  private void fill(InputBuffer buffer, ModelInput input, int row, Point point) {
    if (input.equals(model.signature().sample())) {
      buffer.put(row, point.sample());
    } else if (input.equals(model.signature().timestep())) {
      buffer.put(row, point.timestep());
    } else {
      buffer.put(row, Conditioning.require(point.conditioning(), input));
    }
  }

  private static float[][] split(FloatBuffer flat, int rows) {
    int elements = flat.remaining() / rows;
    float[][] predictions = new float[rows][elements];
    for (int row = 0; row < rows; row++) {
      flat.get(row * elements, predictions[row]);
    }
    return predictions;
  }

  @Override
  public void close() {
    OnnxSessions.close(session);
  }
}
