package dev.cairn.runtime.compile;

import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.NodeProto;
import dev.cairn.gradients.onnx.TensorProto;
import dev.cairn.gradients.onnx.TensorShapeProto;
import dev.cairn.gradients.onnx.TypeProto;
import dev.cairn.gradients.onnx.ValueInfoProto;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One model at two batch sizes: what differs depends on the batch, and is made to do so again. */
record ProbePair(Probe first, Probe second) {

  ModelProto generalise() {
    GraphProto graph = first.model().getGraph();
    requireSameNodes(graph.getNodeList(), second.model().getGraph().getNodeList());
    Map<String, TensorProto> others =
        second.model().getGraph().getInitializerList().stream()
            .collect(Collectors.toMap(TensorProto::getName, Function.identity()));
    GraphProto.Builder general =
        graph.toBuilder().clearInput().clearOutput().clearValueInfo().clearInitializer();
    BatchConstants batch = new BatchConstants(batchedInput(), first.batch(), second.batch());
    for (TensorProto constant : graph.getInitializerList()) {
      TensorProto other = others.get(constant.getName());
      if (constant.equals(other)) {
        general.addInitializer(constant);
      } else {
        Optional<TensorProto> target = asTarget(constant, other);
        if (target.isPresent()) {
          general.addInitializer(target.get());
        } else if (other == null || !batch.write(constant, other)) {
          throw cannotGeneralise(constant, readers(constant));
        } else {
          general.addValueInfo(info(constant, other));
        }
      }
    }
    general
        .addAllInitializer(batch.constants())
        .clearNode()
        .addAllNode(batch.nodes())
        .addAllNode(graph.getNodeList());
    graph.getInputList().forEach(i -> general.addInput(info(i.getName())));
    graph.getOutputList().forEach(o -> general.addOutput(info(o.getName())));
    first.types().keySet().stream()
        .filter(name -> !isInputOrOutput(graph, name))
        .forEach(name -> general.addValueInfo(info(name)));
    return first.model().toBuilder().setGraph(general).build();
  }

  private static boolean isInputOrOutput(GraphProto graph, String name) {
    return graph.getInputList().stream().anyMatch(i -> i.getName().equals(name))
        || graph.getOutputList().stream().anyMatch(o -> o.getName().equals(name));
  }

  private static void requireSameNodes(List<NodeProto> nodes, List<NodeProto> others) {
    for (int i = 0; i < Math.max(nodes.size(), others.size()); i++) {
      if (i >= nodes.size() || i >= others.size() || !nodes.get(i).equals(others.get(i))) {
        NodeProto node = i < nodes.size() ? nodes.get(i) : others.get(i);
        throw new SimplificationException(
            "Node '%s' (%s): the model computes differently with another batch size"
                .formatted(node.getName(), node.getOpType()));
      }
    }
  }

  /** Some input whose first axis is the batch. */
  private String batchedInput() {
    return first.model().getGraph().getInputList().stream()
        .map(ValueInfoProto::getName)
        .filter(
            name -> {
              long[] shape = first.types().get(name).shape();
              long[] other = second.types().get(name).shape();
              return shape.length > 0 && shape[0] == first.batch() && other[0] == second.batch();
            })
        .findFirst()
        .orElseThrow(() -> new SimplificationException("No input has the batch as its first axis"));
  }

  private List<NodeProto> readers(TensorProto constant) {
    return first.model().getGraph().getNodeList().stream()
        .filter(node -> node.getInputList().contains(constant.getName()))
        .toList();
  }

  /** A Reshape target that says -1, or 0 (as in the input), where it used to name the batch. */
  private Optional<TensorProto> asTarget(TensorProto constant, TensorProto other) {
    List<NodeProto> readers = readers(constant);
    boolean target =
        other != null
            && constant.getDataType() == TensorProto.DataType.INT64.getNumber()
            && constant.getDimsList().equals(other.getDimsList())
            && readers.stream().allMatch(r -> isTarget(r, constant.getName()));
    if (!target) {
      return Optional.empty();
    }
    long[] sizes = Tensors.longs(constant);
    long[] otherSizes = Tensors.longs(other);
    int[] differing =
        IntStream.range(0, sizes.length).filter(i -> sizes[i] != otherSizes[i]).toArray();
    long[] general = sizes.clone();
    if (differing.length == 1 && Arrays.stream(sizes).noneMatch(s -> s == -1)) {
      general[differing[0]] = -1;
    } else {
      for (int axis : differing) {
        if (!readers.stream().allMatch(r -> keepsAxis(r, axis, sizes, otherSizes))) {
          return Optional.empty();
        }
        general[axis] = 0;
      }
    }
    return Optional.of(Tensors.longs(constant.getName(), general, general.length));
  }

  private static boolean isTarget(NodeProto reader, String constant) {
    return reader.getOpType().equals("Reshape")
        && reader.getInput(1).equals(constant)
        && !reader.getInput(0).equals(constant)
        && reader.getAttributeList().stream()
            .noneMatch(a -> a.getName().equals("allowzero") && a.getI() == 1);
  }

  private boolean keepsAxis(NodeProto reader, int axis, long[] sizes, long[] otherSizes) {
    Probe.Type input = first.types().get(reader.getInput(0));
    Probe.Type otherInput = second.types().get(reader.getInput(0));
    return input != null
        && axis < input.shape().length
        && input.shape()[axis] == sizes[axis]
        && otherInput.shape()[axis] == otherSizes[axis];
  }

  private static SimplificationException cannotGeneralise(
      TensorProto constant, List<NodeProto> readers) {
    String node = readers.isEmpty() ? "?" : readers.getFirst().getName();
    String operator = readers.isEmpty() ? "?" : readers.getFirst().getOpType();
    return new SimplificationException(
        "Node '%s' (%s): its input '%s' depends on the batch size in a way that cannot be undone"
            .formatted(node, operator, constant.getName()));
  }

  private ValueInfoProto info(String name) {
    Probe.Type type = first.types().get(name);
    long[] shape = type.shape();
    long[] other = second.types().get(name).shape();
    TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
    for (int i = 0; i < shape.length; i++) {
      dims.addDim(dimension(name, shape[i], other[i]));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.element()).setShape(dims)))
        .build();
  }

  private ValueInfoProto info(TensorProto constant, TensorProto other) {
    TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
    for (int i = 0; i < constant.getDimsCount(); i++) {
      dims.addDim(dimension(constant.getName(), constant.getDims(i), other.getDims(i)));
    }
    return ValueInfoProto.newBuilder()
        .setName(constant.getName())
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(constant.getDataType())
                        .setShape(dims)))
        .build();
  }

  private TensorShapeProto.Dimension dimension(String value, long size, long other) {
    var dim = TensorShapeProto.Dimension.newBuilder();
    if (size == other) {
      return dim.setDimValue(size).build();
    }
    long multiple = size / first.batch();
    if (multiple * first.batch() != size || multiple * second.batch() != other) {
      throw new SimplificationException(
          "Value '%s': an axis of %d elements at batch %d and %d at batch %d is no multiple of it"
              .formatted(value, size, first.batch(), other, second.batch()));
    }
    return dim.setDimParam(multiple == 1 ? "batch" : "batch*" + multiple).build();
  }
}
