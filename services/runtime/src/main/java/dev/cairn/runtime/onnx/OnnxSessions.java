package dev.cairn.runtime.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.runtime.compile.SinglePrecision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Set;

/**
 * Opens ONNX Runtime sessions, all with the same options.
 *
 * <p>One intra-op thread a session: with more, a convolution's bits depend on how many rows share
 * its batch. Parallelism comes from several workers that run one shared session at once.
 *
 * <p>Large weights are mapped from their file and used as they lie there: the sessions of a
 * process, and the processes of a machine, share one copy of them. Small ones are repacked by each
 * session, which is faster.
 */
public final class OnnxSessions {

  /** Weights beyond this many bytes are shared instead of repacked. */
  public static final long LARGE = 256L << 20;

  private static final Set<OnnxJavaType> HALVES =
      Set.of(OnnxJavaType.FLOAT16, OnnxJavaType.BFLOAT16);

  private static final String FOLDER = "session.model_external_initializers_file_folder_path";
  private static final String DISABLED = "optimization.disable_specified_optimizers";
  private static final String NO_REPACKING = "session.disable_prepacking";

  private static final Device DEVICE = Device.ofProcess();

  private OnnxSessions() {}

  public static OrtEnvironment environment() {
    return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "cairn");
  }

  /** Opens a model file. */
  public static OrtSession open(Path model) throws OrtException {
    ModelProto shared = large(model);
    if (shared != null) {
      return open(shared.toByteArray(), directory(model));
    }
    try (SessionOptions options = options()) {
      DEVICE.use(options);
      return environment().createSession(model.toString(), options);
    }
  }

  /** Opens a model; one of half precision is computed in single precision. */
  public static OrtSession openInSinglePrecision(Path path) throws OrtException {
    if (!isHalf(path)) {
      return open(path);
    }
    try {
      ModelProto model = OnnxFile.read(path);
      if (OnnxFile.weightBytes(model) > LARGE) {
        return open(SinglePrecision.of(model).toByteArray(), directory(path));
      }
      ModelProto whole = OnnxFile.inlined(model, directory(path));
      return open(SinglePrecision.of(whole).toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static boolean isHalf(Path path) throws OrtException {
    try (OrtSession session = look(path)) {
      return session.getInputInfo().values().stream()
          .map(NodeInfo::getInfo)
          .anyMatch(info -> info instanceof TensorInfo t && HALVES.contains(t.type));
    }
  }

  /** Opens a model that is nowhere on disk. */
  public static OrtSession open(byte[] model) throws OrtException {
    try (SessionOptions options = options()) {
      DEVICE.use(options);
      return environment().createSession(model, options);
    }
  }

  /** Opens a model that is nowhere on disk, but whose weights are: in files of a directory. */
  public static OrtSession open(byte[] model, Path weights) throws OrtException {
    try (SessionOptions options = sharing(weights)) {
      // Folded or laid out for blocked kernels, every weight would be there once more, and while
      // that is made twice. Made anew in each run, it is a small part of what the run does.
      options.addConfigEntry(DISABLED, "ConstantFolding;NchwcTransformer");
      DEVICE.use(options);
      return environment().createSession(model, options);
    }
  }

  /** Opens a model file only to look at its inputs and outputs. */
  public static OrtSession look(Path model) throws OrtException {
    ModelProto shared = large(model);
    try (SessionOptions options = sharing(directory(model))) {
      options.setOptimizationLevel(SessionOptions.OptLevel.NO_OPT);
      return shared == null
          ? environment().createSession(model.toString(), options)
          : environment().createSession(shared.toByteArray(), options);
    }
  }

  /** Options of a session that takes its weights from files of a directory, as they lie there. */
  public static SessionOptions sharing(Path weights) throws OrtException {
    SessionOptions options = options();
    options.addConfigEntry(FOLDER, weights.toString());
    options.addConfigEntry(NO_REPACKING, "1");
    return options;
  }

  /** Options of a session that also writes what became of its model to a file. */
  public static SessionOptions writing(Path file) throws OrtException {
    SessionOptions options = options();
    options.setOptimizedModelFilePath(file.toString());
    DEVICE.use(options);
    return options;
  }

  /** The model without its weights if these are large; null otherwise, or if it cannot be read. */
  private static ModelProto large(Path model) {
    try {
      ModelProto read = OnnxFile.read(model);
      return OnnxFile.weightBytes(read) > LARGE ? read : null;
    } catch (IOException _) {
      return null; // ONNX Runtime says better what is wrong with it
    }
  }

  /** Returns the directory that the external data of a model file is relative to. */
  public static Path directory(Path model) {
    return model.toAbsolutePath().getParent();
  }

  private static SessionOptions options() throws OrtException {
    SessionOptions options = new SessionOptions();
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    options.setExecutionMode(SessionOptions.ExecutionMode.SEQUENTIAL);
    options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
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
