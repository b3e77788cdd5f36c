package dev.cairn.runtime.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where sessions compute: on a GPU where the build has CUDA ({@code -Pcuda}) and the machine a GPU
 * that works; on the CPU otherwise, after one line that says why.
 *
 * <p>{@code CAIRN_DEVICE}, or the system property {@code cairn.device}, is {@code cpu}, {@code
 * cuda}, or {@code auto}, the default: CUDA is tried if the build has it.
 */
final class Device {

  private static final Logger LOG = LoggerFactory.getLogger(Device.class);
  private static final String PROPERTY = "cairn.device";
  private static final String VARIABLE = "CAIRN_DEVICE";

  private final String wanted;
  private final AtomicBoolean told = new AtomicBoolean();

  Device(String wanted) {
    this.wanted = wanted;
  }

  /** As the process was told. */
  static Device ofProcess() {
    String variable = System.getenv().getOrDefault(VARIABLE, "auto");
    return new Device(System.getProperty(PROPERTY, variable));
  }

  /** Lets a session compute on the device. Returns whether that is a GPU. */
  boolean use(SessionOptions options) {
    boolean available = OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
    if (!wanted.equals("cuda") && !(wanted.equals("auto") && available)) {
      return false;
    }
    try {
      options.addCUDA();
      return true;
    } catch (OrtException e) {
      if (told.compareAndSet(false, true)) {
        LOG.warn(
            "CUDA cannot be used, computing on the CPU: {}",
            available ? OnnxSessions.firstLine(e) : "this build has no CUDA; build with -Pcuda");
      }
      return false;
    }
  }
}
