package dev.cairn.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.cairn.runtime.onnx.OnnxSessions;
import java.util.List;

/**
 * Evaluates every output of a gradient graph for given rows: prediction, features and, with the
 * identity projection, the raw gradient of each parameter. For checking against other frameworks.
 */
public final class GradientRun implements AutoCloseable {

  private static final int MAX_ROWS = 8;

  private final CompiledGradients gradients;
  private final OrtSession session;
  private final GradientBatch batch;

  public GradientRun(CompiledGradients gradients) {
    this.gradients = gradients;
    this.session = gradients.openSession();
    this.batch = new GradientBatch(gradients, session, MAX_ROWS);
  }

  /** Hears one output for some consecutive rows. */
  @FunctionalInterface
  public interface Reader {

    /**
     * @param output name of the output (see {@link dev.cairn.gradients.GradientGraph})
     * @param firstRow position of the first of these rows among all
     * @param values rows × elements
     */
    void read(String output, int firstRow, float[][] values);
  }

  /** Runs the rows, a few at a time, so that memory does not grow with their number. */
  public void run(List<GradientRow> rows, Reader reader) {
    try {
      for (int first = 0; first < rows.size(); first += MAX_ROWS) {
        int start = first;
        List<GradientRow> some = rows.subList(first, Math.min(first + MAX_ROWS, rows.size()));
        batch.outputs(some, (output, values) -> reader.read(output, start, values));
      }
    } catch (OrtException e) {
      throw new BundleException(
          "%s: the gradient graph failed (%s)"
              .formatted(gradients.graph(), OnnxSessions.firstLine(e)),
          e);
    }
  }

  @Override
  public void close() {
    OnnxSessions.close(session);
  }
}
