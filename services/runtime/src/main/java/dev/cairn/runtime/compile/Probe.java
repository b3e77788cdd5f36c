package dev.cairn.runtime.compile;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.NodeProto;
import dev.cairn.gradients.onnx.TensorProto;
import dev.cairn.gradients.onnx.ValueInfoProto;
import dev.cairn.runtime.onnx.OnnxSessions;
import dev.cairn.runtime.onnx.OpenTensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A model simplified by ONNX Runtime for one batch size, and what its values look like there.
 *
 * @param batch the batch size
 * @param model standard ONNX, shape arithmetic folded into constants
 * @param types element type and shape of every value, inputs and outputs included
 */
record Probe(long batch, ModelProto model, Map<String, Type> types) {
  /**
   * What would fold a parameter into another constant, or rename it; sharing would tie parameters
   * together that happen to be equal, as freshly initialised ones are.
   */
  private static final String FUSIONS_OFF =
      "ConvAddFusion;ConvMulFusion;ConvBNFusion;MatMulAddFusion;"
          + "MatMul_BatchNormalization_Fusion;ConstantSharing";

  /** Element type (an ONNX number) and shape of a value. */
  record Type(int element, long[] shape) {}

  /**
   * @param onnx where the model came from, for messages
   * @param dimensions sizes of all named open axes, the batch's included
   */
  static Probe run(Path onnx, ModelProto model, long batch, Map<String, Long> dimensions) {
    try {
      Path file = Files.createTempFile("cairn-simplified-", ".onnx");
      try {
        optimise(onnx, model, file, dimensions);
        ModelProto simplified = ModelProto.parseFrom(Files.readAllBytes(file));
        return new Probe(batch, simplified, types(onnx, simplified));
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (OrtException | IOException e) {
      throw new SimplificationException(
          "%s: ONNX Runtime does not take it with a batch of %d: %s"
              .formatted(onnx, batch, e.getMessage()),
          e);
    }
  }

  private static void optimise(Path onnx, ModelProto model, Path file, Map<String, Long> dimensions)
      throws OrtException {
    try (var options = OnnxSessions.sharing(OnnxSessions.directory(onnx))) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.BASIC_OPT);
      options.addConfigEntry("optimization.disable_specified_optimizers", FUSIONS_OFF);
      options.setOptimizedModelFilePath(file.toString());
      for (var dimension : dimensions.entrySet()) {
        options.setSymbolicDimensionValue(dimension.getKey(), dimension.getValue());
      }
      OrtEnvironment.getEnvironment().createSession(model.toByteArray(), options).close();
    }
  }

  /** Runs the model on zeros with every value as an output, and looks at what comes out. */
  private static Map<String, Type> types(Path onnx, ModelProto model) throws OrtException {
    GraphProto.Builder graph = model.getGraph().toBuilder().clearOutput();
    for (NodeProto node : model.getGraph().getNodeList()) {
      node.getOutputList().stream()
          .filter(name -> !name.isEmpty())
          .forEach(name -> graph.addOutput(ValueInfoProto.newBuilder().setName(name)));
    }
    byte[] everything = model.toBuilder().setGraph(graph).build().toByteArray();
    Map<String, Type> types = new LinkedHashMap<>();
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try (var options = OnnxSessions.sharing(OnnxSessions.directory(onnx))) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
      try (OrtSession session = environment.createSession(everything, options)) {
        ByteBuffer zeros = zeros(session);
        for (ValueInfoProto input : model.getGraph().getInputList()) {
          TensorInfo info = (TensorInfo) session.getInputInfo().get(input.getName()).getInfo();
          inputs.put(input.getName(), tensor(environment, zeros, info));
          types.put(input.getName(), new Type(element(info), info.getShape()));
        }
        try (OrtSession.Result result = session.run(inputs)) {
          result.forEach(
              entry -> {
                TensorInfo info = (TensorInfo) entry.getValue().getInfo();
                types.put(entry.getKey(), new Type(element(info), info.getShape()));
              });
        }
      }
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
    return types;
  }

  /** One memory for all inputs: among them are the weights, which together may be too large. */
  private static ByteBuffer zeros(OrtSession session) throws OrtException {
    long largest = 0;
    for (NodeInfo input : session.getInputInfo().values()) {
      largest = Math.max(largest, bytes((TensorInfo) input.getInfo()));
    }
    return OpenTensors.direct(largest);
  }

  private static OnnxTensor tensor(OrtEnvironment environment, ByteBuffer zeros, TensorInfo info)
      throws OrtException {
    ByteBuffer slice = zeros.slice(0, Math.toIntExact(bytes(info))).order(zeros.order());
    return OnnxTensor.createTensor(environment, slice, info.getShape(), info.type);
  }

  private static long bytes(TensorInfo info) {
    long elements = 1;
    for (long size : info.getShape()) {
      elements = Math.multiplyExact(elements, size);
    }
    return elements * info.type.size;
  }

  private static int element(TensorInfo info) {
    TensorProto.DataType type =
        switch (info.type) {
          case FLOAT -> TensorProto.DataType.FLOAT;
          case DOUBLE -> TensorProto.DataType.DOUBLE;
          case FLOAT16 -> TensorProto.DataType.FLOAT16;
          case BFLOAT16 -> TensorProto.DataType.BFLOAT16;
          case INT8 -> TensorProto.DataType.INT8;
          case UINT8 -> TensorProto.DataType.UINT8;
          case INT16 -> TensorProto.DataType.INT16;
          case INT32 -> TensorProto.DataType.INT32;
          case INT64 -> TensorProto.DataType.INT64;
          case BOOL -> TensorProto.DataType.BOOL;
          case STRING -> TensorProto.DataType.STRING;
          case UNKNOWN -> TensorProto.DataType.UNDEFINED;
        };
    return type.getNumber();
  }
}
