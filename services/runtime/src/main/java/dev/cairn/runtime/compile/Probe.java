package dev.cairn.runtime.compile;

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
        optimise(model, file, dimensions);
        ModelProto simplified = ModelProto.parseFrom(Files.readAllBytes(file));
        return new Probe(batch, simplified, types(simplified));
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

  private static void optimise(ModelProto model, Path file, Map<String, Long> dimensions)
      throws OrtException {
    try (var options = new OrtSession.SessionOptions()) {
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
  private static Map<String, Type> types(ModelProto model) throws OrtException {
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
    try (var options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
      try (OrtSession session = environment.createSession(everything, options)) {
        for (ValueInfoProto input : model.getGraph().getInputList()) {
          TensorInfo info = (TensorInfo) session.getInputInfo().get(input.getName()).getInfo();
          inputs.put(input.getName(), zeros(environment, info));
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

  private static OnnxTensor zeros(OrtEnvironment environment, TensorInfo info) throws OrtException {
    long elements = 1;
    for (long size : info.getShape()) {
      elements = Math.multiplyExact(elements, size);
    }
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.toIntExact(elements * info.type.size))
            .order(java.nio.ByteOrder.nativeOrder());
    return OnnxTensor.createTensor(environment, bytes, info.getShape(), info.type);
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
