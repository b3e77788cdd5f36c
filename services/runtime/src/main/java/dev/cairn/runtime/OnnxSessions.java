package dev.cairn.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.nio.file.Path;

/**
 * Opens ONNX Runtime sessions, all with the same options.
 *
 * <p>One intra-op thread a session: with more, a convolution's bits depend on how many rows share
 * its batch. Parallelism comes from several workers that run one shared session at once.
 */
final class OnnxSessions {

  private OnnxSessions() {}

  static OrtEnvironment environment() {
    return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "cairn");
  }

  static OrtSession open(Path model) throws OrtException {
    try (OrtSession.SessionOptions options = options()) {
      return environment().createSession(model.toString(), options);
    }
  }

  /** Opens a model that is nowhere on disk. */
  static OrtSession open(byte[] model) throws OrtException {
    try (OrtSession.SessionOptions options = options()) {
      return environment().createSession(model, options);
    }
  }

  private static OrtSession.SessionOptions options() throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
    return options;
  }

  static void close(OrtSession session) {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("closing an ONNX Runtime session failed", e);
    }
  }

  /** ONNX Runtime's messages run over several lines; the first one names the problem. */
  static String firstLine(OrtException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage().lines().findFirst().orElse("");
  }
}
