package dev.cairn.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.cairn.diffusion.NoiseBank;
import dev.cairn.runtime.onnx.OnnxSessions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks on a compiled graph that a row's features have the same bits whichever rows share its
 * batch, and that they do not depend on the values of those rows at all.
 */
final class BatchInvariance {

  private static final int ROWS = 32;
  private static final long LARGE_ROW = 32L << 20; // bytes
  private static final int[] BATCH_SIZES = {2, 3, 7, 8, 16, ROWS};

  private BatchInvariance() {}

  /**
   * @param profile bounds the batches by what memory allows
   */
  static boolean holds(CompiledGradients gradients, List<GradientRow> all, RunProfile profile) {
    // Larger batches than these are never run by default; twice as many as a run is worth suffice.
    int count = profile.rowBytes() > LARGE_ROW ? 2 * profile.rowsPerRun() : ROWS;
    List<GradientRow> rows = all.subList(0, Math.min(count, ROWS));
    try (Closing closing = new Closing(gradients.openSession())) {
      GradientBatch batch = new GradientBatch(gradients, closing.session(), rows.size());
      float[][] alone = new float[rows.size()][];
      for (int i = 0; i < rows.size(); i++) {
        alone[i] = batch.features(rows.subList(i, i + 1))[0];
      }
      requireFinite(gradients, alone);
      for (int size : BATCH_SIZES) {
        if (size > rows.size()) {
          continue;
        }
        int first = rows.size() - size;
        float[][] together = batch.features(rows.subList(first, rows.size()));
        for (int i = 0; i < size; i++) {
          if (!Arrays.equals(together[i], alone[first + i])) {
            return false;
          }
        }
      }
      return true;
    } catch (OrtException e) {
      throw new BundleException(
          "%s: the gradient graph does not run (%s); please report the model"
              .formatted(gradients.graph(), OnnxSessions.firstLine(e)),
          e);
    }
  }

  private record Closing(OrtSession session) implements AutoCloseable {
    @Override
    public void close() {
      OnnxSessions.close(session);
    }
  }

  private static void requireFinite(CompiledGradients gradients, float[][] features) {
    for (float[] feature : features) {
      for (float value : feature) {
        if (!Float.isFinite(value)) {
          throw new BundleException(
              gradients.model().path()
                  + ": gradients at random inputs are not finite; check the model's weights");
        }
      }
    }
  }

  /**
   * Rows of standard normal noise; integer inputs get zeros, the one value that any table holds.
   */
  static List<GradientRow> rows(CompiledGradients gradients) {
    ModelSignature signature = gradients.model().signature();
    int predicted = gradients.manifest().predictionElements();
    NoiseBank noise = new NoiseBank(0);
    List<GradientRow> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      String id = "batch-invariance-" + i;
      Map<String, float[]> conditioning = new HashMap<>();
      for (ModelInput input : signature.conditioning()) {
        float[] values = new float[input.elements()];
        if (input.type() == ModelInput.Type.FLOAT32) {
          noise.gaussian(id + input.name(), 0, 0, values);
        }
        conditioning.put(input.name(), values);
      }
      float[] sample = new float[signature.sample().elements()];
      noise.gaussian(id, 0, 1, sample);
      float[] scale = new float[predicted];
      noise.gaussian(id, 0, 2, scale);
      float[] offset = new float[predicted];
      noise.gaussian(id, 0, 3, offset);
      rows.add(new GradientRow(sample, 1 + 7L * i, conditioning, scale, offset));
    }
    return rows;
  }
}
