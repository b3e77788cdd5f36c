package dev.cairn.runtime.training;

import static dev.cairn.gradients.graph.GraphWriter.attribute;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.NodeProto;
import dev.cairn.gradients.onnx.OperatorSetIdProto;
import dev.cairn.gradients.onnx.TensorProto;
import dev.cairn.runtime.onnx.OnnxSessions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * How many channels the runtime's blocked convolutions take at a time on this machine: 16 with
 * AVX-512, 8 with AVX2, none on a GPU or where the runtime has no such kernels.
 *
 * <p>The runtime itself tells: it lays out a constant kernel when it loads a model. Only a layout
 * that is exactly the one that {@link BlockedConvolutions} writes counts.
 */
final class ChannelBlock {
  static final String DOMAIN = "com.microsoft.nchwc";

  private static final int CHANNELS = 32;
  private static final int WINDOW = 9;

  private ChannelBlock() {}

  /** Asked once a process; a machine does not change. */
  private static final class Known {
    private static final int SIZE = probe();
  }

  /** The number of channels, or 0 where convolutions are not to be blocked. */
  static int size() {
    return Known.SIZE;
  }

  private static int probe() {
    try {
      Path file = Files.createTempFile("cairn-blocks", ".onnx");
      try (SessionOptions options = OnnxSessions.writing(file)) {
        OnnxSessions.close(
            OnnxSessions.environment().createSession(example().toByteArray(), options));
        return size(ModelProto.parseFrom(Files.readAllBytes(file)));
      } catch (OrtException _) {
        return 0;
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "no temporary file can be written (%s)".formatted(e.getMessage()), e);
    }
  }

  private static int size(ModelProto laidOut) {
    for (NodeProto node : laidOut.getGraph().getNodeList()) {
      if (node.getDomain().equals(DOMAIN) && node.getOpType().equals("Conv")) {
        for (TensorProto constant : laidOut.getGraph().getInitializerList()) {
          if (constant.getName().equals(node.getInput(1))) {
            return size(Tensors.floats(constant));
          }
        }
      }
    }
    return 0;
  }

  private static int size(float[] laidOut) {
    for (int block = CHANNELS; block > 1; block /= 2) {
      if (Arrays.equals(laidOut, expected(block))) {
        return block;
      }
    }
    return 0;
  }

  /** Each element of the kernel is its own place in it, [out, in, window]. */
  static float[] expected(int block) {
    float[] elements = new float[CHANNELS * CHANNELS * WINDOW];
    for (int i = 0; i < elements.length; i++) {
      int rest = i;
      int out = rest % block;
      rest /= block;
      int in = rest % block;
      rest /= block;
      int element = rest % WINDOW;
      rest /= WINDOW;
      in += rest % (CHANNELS / block) * block;
      out += rest / (CHANNELS / block) * block;
      elements[i] = (out * CHANNELS + in) * WINDOW + element;
    }
    return elements;
  }

  private static ModelProto example() {
    float[] places = new float[CHANNELS * CHANNELS * WINDOW];
    for (int i = 0; i < places.length; i++) {
      places[i] = i;
    }
    long[] image = {1, CHANNELS, 8, 8};
    NodeProto convolution =
        NodeProto.newBuilder()
            .setOpType("Conv")
            .addInput("x")
            .addInput("kernel")
            .addOutput("y")
            .addAttribute(attribute("kernel_shape", new long[] {3, 3}))
            .addAttribute(attribute("pads", new long[] {1, 1, 1, 1}))
            .build();
    GraphProto graph =
        GraphProto.newBuilder()
            .setName("example")
            .addInput(SplitGraph.info("x", image))
            .addOutput(SplitGraph.info("y", image))
            .addInitializer(Tensors.floats("kernel", places, CHANNELS, CHANNELS, 3, 3))
            .addNode(convolution)
            .build();
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(graph)
        .build();
  }
}
