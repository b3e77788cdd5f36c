package dev.cairn.runtime.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The tensors of one run of a graph, closed together. The process-wide count of open ones is a
 * metric, and tests hold that it returns to zero: a leaked tensor is native memory that no garbage
 * collector sees.
 */
public final class OpenTensors implements AutoCloseable {

  private static final AtomicLong OPEN = new AtomicLong();

  private final List<OnnxTensor> tensors = new ArrayList<>();

  /** Returns how many tensors are open in this process. */
  public static long count() {
    return OPEN.get();
  }

  public OnnxTensor floats(FloatBuffer direct, long... shape) throws OrtException {
    return add(OnnxTensor.createTensor(OnnxSessions.environment(), direct, shape));
  }

  public OnnxTensor longs(LongBuffer direct, long... shape) throws OrtException {
    return add(OnnxTensor.createTensor(OnnxSessions.environment(), direct, shape));
  }

  public OnnxTensor ints(IntBuffer direct, long... shape) throws OrtException {
    return add(OnnxTensor.createTensor(OnnxSessions.environment(), direct, shape));
  }

  private OnnxTensor add(OnnxTensor tensor) {
    OPEN.incrementAndGet();
    tensors.add(tensor);
    return tensor;
  }

  /** Allocates native-order direct memory, the only kind that ONNX Runtime uses without a copy. */
  public static ByteBuffer direct(long bytes) {
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
  }

  @Override
  public void close() {
    tensors.forEach(OnnxTensor::close);
    OPEN.addAndGet(-tensors.size());
    tensors.clear();
  }
}
