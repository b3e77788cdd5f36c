package dev.cairn.gradients.graph;

import dev.cairn.gradients.GradientException;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.NodeProto;
import dev.cairn.gradients.onnx.OperatorSetIdProto;
import dev.cairn.gradients.onnx.TensorProto;
import dev.cairn.gradients.onnx.TypeProto;
import dev.cairn.gradients.onnx.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A simplified model, indexed: who makes a value, who reads it, its type and shape. */
public final class ForwardGraph {
  private static final long OLDEST_OPSET = 13;

  private final ModelProto model;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, TensorProto> constants = new LinkedHashMap<>();
  private final Map<String, TypeProto.Tensor> types = new HashMap<>();
  private final Map<String, Node> producers = new HashMap<>();
  private final Map<String, List<Node>> consumers = new HashMap<>();
  private final long opset;

  /**
   * @throws GradientException if the opset is older than 13: reductions then take their axes as
   *     attributes and Softmax flattens, which no rule here allows for
   */
  public ForwardGraph(ModelProto model) {
    this.model = model;
    this.opset =
        model.getOpsetImportList().stream()
            .filter(o -> o.getDomain().isEmpty() || o.getDomain().equals("ai.onnx"))
            .mapToLong(OperatorSetIdProto::getVersion)
            .findFirst()
            .orElseThrow(() -> new GradientException("The model imports no standard opset"));
    if (opset < OLDEST_OPSET) {
      throw new GradientException(
          "The model uses opset %d; export it again with opset %d or newer"
              .formatted(opset, OLDEST_OPSET));
    }
    GraphProto graph = model.getGraph();
    graph.getInitializerList().forEach(t -> constants.put(t.getName(), t));
    Stream.of(graph.getValueInfoList(), graph.getInputList(), graph.getOutputList())
        .flatMap(List::stream)
        .forEach(v -> types.put(v.getName(), v.getType().getTensorType()));
    for (NodeProto proto : graph.getNodeList()) {
      Node node = new Node(proto);
      nodes.add(node);
      node.proto().getOutputList().forEach(o -> producers.put(o, node));
      Stream.of(node.inputs())
          .flatMap(List::stream)
          .distinct()
          .forEach(i -> consumers.computeIfAbsent(i, _ -> new ArrayList<>()).add(node));
    }
  }

  public ModelProto model() {
    return model;
  }

  public long opset() {
    return opset;
  }

  /** In an order in which every node comes after those it reads from. */
  public List<Node> nodes() {
    return nodes;
  }

  /** The initialiser of that name, or null. */
  public TensorProto constant(String name) {
    return constants.get(name);
  }

  public boolean isConstant(String name) {
    return constants.containsKey(name);
  }

  /** The node that makes a value, or null for inputs and constants. */
  public Node producer(String value) {
    return producers.get(value);
  }

  /** The nodes that read a value, each once. */
  public List<Node> consumers(String value) {
    return consumers.getOrDefault(value, List.of());
  }

  public boolean isFloat(String name) {
    TensorProto constant = constants.get(name);
    return constant != null
        ? Tensors.isFloat(constant)
        : type(name).getElemType() == TensorProto.DataType.FLOAT.getNumber();
  }

  public Shape shape(String name) {
    TensorProto constant = constants.get(name);
    return constant != null ? Tensors.shape(constant) : Shape.parse(type(name).getShape());
  }

  public Value value(String name) {
    return new Value(name, shape(name));
  }

  /** The first output: the denoiser's prediction. */
  public Value prediction() {
    List<ValueInfoProto> outputs = model.getGraph().getOutputList();
    if (outputs.isEmpty()) {
      throw new GradientException("The model has no output");
    }
    return value(outputs.getFirst().getName());
  }

  /** Integer elements of a constant input, or null where the input is left out. */
  public long[] integers(Node node, int input) {
    if (!node.hasInput(input)) {
      return null;
    }
    TensorProto constant = constants.get(node.input(input));
    if (constant == null) {
      throw new GradientException(
          "Node '%s' (%s): its input '%s' must be a constant; simplify the model first"
              .formatted(node.name(), node.operator(), node.input(input)));
    }
    return Tensors.longs(constant);
  }

  /** Names of the nodes on a shortest way from a node to the prediction, both included. */
  public List<String> pathToPrediction(Node from) {
    String prediction = prediction().name();
    Map<Node, Node> cameFrom = new HashMap<>();
    Set<Node> seen = new HashSet<>(Set.of(from));
    List<Node> queue = new ArrayList<>(List.of(from));
    for (int i = 0; i < queue.size(); i++) {
      Node node = queue.get(i);
      if (node.proto().getOutputList().contains(prediction)) {
        List<String> path = new ArrayList<>();
        for (Node n = node; n != null; n = cameFrom.get(n)) {
          path.addFirst(n.name());
        }
        path.add(prediction);
        return path;
      }
      for (String output : node.proto().getOutputList()) {
        for (Node consumer : consumers(output)) {
          if (seen.add(consumer)) {
            cameFrom.put(consumer, node);
            queue.add(consumer);
          }
        }
      }
    }
    return List.of(from.name());
  }

  private TypeProto.Tensor type(String name) {
    TypeProto.Tensor type = types.get(name);
    if (type == null || !type.hasShape()) {
      throw new GradientException(
          "Value '" + name + "' has no shape; run the model through the simplifier first");
    }
    return type;
  }
}
