package dev.cairn.runtime.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.runtime.compile.SinglePrecision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Opens ONNX Runtime sessions, all with the same options.
 *
 * <p>One intra-op thread a session: with more, a convolution's bits depend on how many rows share
 * its batch. Parallelism comes from several workers that run one shared session at once.
 */
public final class OnnxSessions {

  private static final Set<OnnxJavaType> HALVES =
      Set.of(OnnxJavaType.FLOAT16, OnnxJavaType.BFLOAT16);

  private OnnxSessions() {}

  public static OrtEnvironment environment() {
    return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "cairn");
  }

  public static OrtSession open(Path model) throws OrtException {
    try (OrtSession.SessionOptions options = options()) {
      return environment().createSession(model.toString(), options);
    }
  }

  /** Opens a model; one of half precision is computed in single precision. */
  public static OrtSession openInSinglePrecision(Path path) throws OrtException {
    OrtSession session = open(path);
    boolean half =
        session.getInputInfo().values().stream()
            .map(NodeInfo::getInfo)
            .anyMatch(info -> info instanceof TensorInfo t && HALVES.contains(t.type));
    if (!half) {
      return session;
    }
    close(session);
    try {
      ModelProto model = ModelProto.parseFrom(Files.readAllBytes(path));
      return open(SinglePrecision.of(model).toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  /** Opens a model that is nowhere on disk. */
  public static OrtSession open(byte[] model) throws OrtException {
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

  public static void close(OrtSession session) {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("closing an ONNX Runtime session failed", e);
    }
  }

  /** ONNX Runtime's messages run over several lines; the first one names the problem. */
  public static String firstLine(OrtException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage().lines().findFirst().orElse("");
  }
}
