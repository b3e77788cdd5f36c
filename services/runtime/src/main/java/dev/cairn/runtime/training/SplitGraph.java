package dev.cairn.runtime.training;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.cairn.gradients.graph.Pruning;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.NodeProto;
import dev.cairn.gradients.onnx.TensorProto;
import dev.cairn.gradients.onnx.TensorShapeProto;
import dev.cairn.gradients.onnx.TypeProto;
import dev.cairn.gradients.onnx.ValueInfoProto;
import dev.cairn.runtime.onnx.OnnxSessions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A training graph in two. What depends on the parameters alone, such as a kernel rotated for the
 * backward pass, is prepared once a step; the rest runs once for each part of a batch, and takes
 * what was prepared as inputs.
 *
 * @param weights from the parameters to the prepared values
 * @param rows from everything to the prediction and the gradients
 * @param prepared values that the one hands to the other, with their shapes
 */
public record SplitGraph(
    ModelProto weights, ModelProto rows, SequencedMap<String, List<Long>> prepared) {

  /**
   * Splits a graph whose parameters are inputs.
   *
   * @throws OrtException if ONNX Runtime cannot load what is to be prepared
   */
  public static SplitGraph of(ModelProto model, Set<String> parameters) throws OrtException {
    GraphProto graph = model.getGraph();
    Set<String> ofRows = new HashSet<>();
    Set<String> ofParameters = new HashSet<>(parameters);
    graph.getInputList().stream()
        .map(ValueInfoProto::getName)
        .filter(name -> !parameters.contains(name))
        .forEach(ofRows::add);
    graph.getOutputList().forEach(output -> ofRows.add(output.getName()));
    List<NodeProto> first = new ArrayList<>();
    List<NodeProto> rest = new ArrayList<>();
    for (NodeProto node : graph.getNodeList()) {
      if (isOf(node, ofRows)) {
        ofRows.addAll(node.getOutputList());
        rest.add(node);
      } else if (node.getInputList().stream().anyMatch(ofParameters::contains)) {
        ofParameters.addAll(node.getOutputList());
        first.add(node);
      } else {
        // Made of constants alone: either part folds it when it is loaded.
        first.add(node);
        rest.add(node);
      }
    }
    ofParameters.removeAll(parameters);
    return assemble(model, parameters, first, rest, handedOver(rest, ofParameters));
  }

  private static boolean isOf(NodeProto node, Set<String> rows) {
    return node.getInputList().stream().anyMatch(rows::contains)
        || node.getOutputList().stream().anyMatch(rows::contains);
  }

  private static List<String> handedOver(List<NodeProto> rest, Set<String> made) {
    return rest.stream()
        .flatMap(node -> node.getInputList().stream())
        .filter(made::contains)
        .distinct()
        .toList();
  }

  /**
   * Puts the parts together.
   *
   * @param parameters inputs of the graph that do not depend on the rows
   * @param first nodes to prepare with
   * @param rest all others
   * @param handedOver what the first make for the others
   */
  static SplitGraph assemble(
      ModelProto model,
      Set<String> parameters,
      List<NodeProto> first,
      List<NodeProto> rest,
      List<String> handedOver)
      throws OrtException {
    GraphProto graph = model.getGraph();
    GraphProto.Builder weights = graph.toBuilder().clearNode().clearInput().clearOutput();
    graph.getInputList().stream()
        .filter(input -> parameters.contains(input.getName()))
        .forEach(weights::addInput);
    handedOver.forEach(name -> weights.addOutput(ValueInfoProto.newBuilder().setName(name)));
    ModelProto preparing = with(model, weights.addAllNode(first).build());
    SequencedMap<String, List<Long>> prepared = new LinkedHashMap<>();
    GraphProto.Builder rows = graph.toBuilder().clearNode().addAllNode(rest).clearInput();
    Set<String> used =
        rest.stream().flatMap(node -> node.getInputList().stream()).collect(Collectors.toSet());
    graph.getInputList().stream()
        .filter(input -> used.contains(input.getName()) || !parameters.contains(input.getName()))
        .forEach(rows::addInput);
    for (Map.Entry<String, List<Long>> shape : shapes(preparing, handedOver).entrySet()) {
      prepared.put(shape.getKey(), shape.getValue());
      rows.addInput(
          info(shape.getKey(), shape.getValue().stream().mapToLong(Long::longValue).toArray()));
    }
    return new SplitGraph(preparing, with(model, rows.build()), prepared);
  }

  private static ModelProto with(ModelProto model, GraphProto graph) {
    return model.toBuilder().setGraph(Pruning.prune(graph)).build();
  }

  private static SequencedMap<String, List<Long>> shapes(ModelProto model, List<String> outputs)
      throws OrtException {
    SequencedMap<String, List<Long>> shapes = new LinkedHashMap<>();
    if (outputs.isEmpty()) {
      return shapes;
    }
    OrtSession session = OnnxSessions.open(model.toByteArray());
    try {
      Map<String, NodeInfo> known = session.getOutputInfo();
      for (String output : outputs) {
        TensorInfo info = (TensorInfo) known.get(output).getInfo();
        if (info.type != OnnxJavaType.FLOAT) {
          throw new IllegalStateException(output + ": prepared as " + info.type);
        }
        shapes.put(output, Arrays.stream(info.getShape()).boxed().toList());
      }
    } finally {
      OnnxSessions.close(session);
    }
    return shapes;
  }

  static ValueInfoProto info(String name, long... shape) {
    TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
    for (long size : shape) {
      dims.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
    }
    TypeProto.Tensor.Builder tensor =
        TypeProto.Tensor.newBuilder()
            .setElemType(TensorProto.DataType.FLOAT.getNumber())
            .setShape(dims);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
