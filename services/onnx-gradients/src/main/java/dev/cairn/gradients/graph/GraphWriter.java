package dev.cairn.gradients.graph;

import com.google.protobuf.ByteString;
import dev.cairn.gradients.onnx.AttributeProto;
import dev.cairn.gradients.onnx.NodeProto;
import dev.cairn.gradients.onnx.TensorProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Collects the nodes and constants that the backward pass adds to a forward graph. */
public final class GraphWriter {
  private final List<NodeProto> nodes = new ArrayList<>();
  private final Map<TensorProto, String> constants = new HashMap<>();
  private final List<TensorProto> constantsInOrder = new ArrayList<>();
  private final Map<NodeProto, List<NodeProto>> replacements = new HashMap<>();
  private final Map<NodeProto, List<NodeProto>> followers = new HashMap<>();
  private final Map<String, List<String>> awaited = new HashMap<>();
  private String scope = "";
  private int count;

  public List<NodeProto> nodes() {
    return nodes;
  }

  public List<TensorProto> constants() {
    return constantsInOrder;
  }

  /** Names what follows after the forward node that it belongs to, for readers of profiles. */
  public void scope(String name) {
    scope = name;
  }

  /** Adds a node with one output of a fresh name, which is returned. */
  public String node(String operator, List<String> inputs, AttributeProto... attributes) {
    String output = "cairn/%s/%s_%d".formatted(scope, operator, count++);
    nodes.add(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(output)
            .addAllInput(inputs)
            .addOutput(output)
            .addAllAttribute(Arrays.asList(attributes))
            .build());
    return output;
  }

  /** Adds a node whose output has a given name. */
  public void named(String output, String operator, String... inputs) {
    nodes.add(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(output)
            .addAllInput(Arrays.asList(inputs))
            .addOutput(output)
            .build());
  }

  /**
   * Moves the nodes written since to the place of a forward node, whose output they make.
   *
   * @param since how many nodes there were before
   * @param made the value that takes over the name of the forward node's output
   */
  public void replace(Node forward, int since, String made) {
    List<NodeProto> written = nodes.subList(since, nodes.size());
    List<NodeProto> moved = new ArrayList<>(written);
    written.clear();
    moved.add(
        NodeProto.newBuilder()
            .setOpType("Identity")
            .setName(forward.name())
            .addInput(made)
            .addOutput(forward.output())
            .build());
    replacements.put(forward.proto(), moved);
  }

  /**
   * Moves the nodes written since to behind a forward node.
   *
   * @param since how many nodes there were before
   */
  public void follow(Node forward, int since) {
    List<NodeProto> written = nodes.subList(since, nodes.size());
    followers.computeIfAbsent(forward.proto(), _ -> new ArrayList<>()).addAll(written);
    written.clear();
  }

  /**
   * Has the runtime make a value of the forward pass before another. It orders nodes by what they
   * read alone, and puts off what only the backward pass reads.
   *
   * @param first of rank three, by a node that comes before the other's
   * @param then of rank three, by a node that was moved to the forward pass
   */
  public void await(Value first, Value then) {
    awaited.computeIfAbsent(then.name(), _ -> new ArrayList<>()).add(first.name());
  }

  /** Forward nodes after replacement. */
  public List<NodeProto> rewritten(List<NodeProto> forward) {
    return forward.stream()
        .flatMap(
            node ->
                Stream.concat(
                    replacements.getOrDefault(node, List.of(node)).stream(),
                    followers.getOrDefault(node, List.of()).stream()))
        .flatMap(node -> waiting(node).stream())
        .toList();
  }

  /** The node, and its output handed on by a Reshape to [0, 0, 0], which is: as it is. */
  private List<NodeProto> waiting(NodeProto node) {
    List<String> firsts = awaited.get(node.getOutput(0));
    if (firsts == null) {
      return List.of(node);
    }
    scope("order");
    int since = nodes.size();
    String handed = node.getOutput(0) + "/alone";
    nodes.add(node.toBuilder().setOutput(0, handed).build());
    for (String first : firsts) {
      String zeros = node("Mul", List.of(node("Shape", List.of(first)), longs(0)));
      handed = node("Reshape", List.of(handed, zeros));
    }
    nodes.add(nodes.removeLast().toBuilder().setOutput(0, node.getOutput(0)).build());
    List<NodeProto> written = nodes.subList(since, nodes.size());
    List<NodeProto> moved = List.copyOf(written);
    written.clear();
    return moved;
  }

  /** Adds an int64 vector, or finds an equal one. */
  public String longs(long... data) {
    return constant(Tensors.longs("", data, data.length));
  }

  /** Adds a single int64 number, or finds an equal one. */
  public String number(long value) {
    return constant(Tensors.longs("", new long[] {value}));
  }

  /** Adds a float constant, or finds an equal one. */
  public Value floats(float[] data, long... shape) {
    return new Value(constant(Tensors.floats("", data, shape)), Shape.of(shape));
  }

  public Value scalar(double value) {
    return floats(new float[] {(float) value});
  }

  private String constant(TensorProto unnamed) {
    return constants.computeIfAbsent(
        unnamed,
        t -> {
          String name = "cairn/constant_" + constantsInOrder.size();
          constantsInOrder.add(t.toBuilder().setName(name).build());
          return name;
        });
  }

  public static AttributeProto attribute(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  public static AttributeProto attribute(String name, float value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.FLOAT)
        .setF(value)
        .build();
  }

  public static AttributeProto attribute(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  public static AttributeProto attribute(String name, long[] values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INTS)
        .addAllInts(Arrays.stream(values).boxed().toList())
        .build();
  }
}
