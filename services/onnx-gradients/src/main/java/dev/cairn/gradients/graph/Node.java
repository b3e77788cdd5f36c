package dev.cairn.gradients.graph;

import dev.cairn.gradients.onnx.AttributeProto;
import dev.cairn.gradients.onnx.NodeProto;
import java.util.List;
import java.util.Optional;

/** A node of the forward graph, its attributes by name. */
public record Node(NodeProto proto) {
  /** The node's name, or for an unnamed node its first output's. */
  public String name() {
    return proto.getName().isEmpty() ? output() : proto.getName();
  }

  public String operator() {
    String domain = proto.getDomain();
    return domain.isEmpty() || domain.equals("ai.onnx")
        ? proto.getOpType()
        : domain + "." + proto.getOpType();
  }

  public List<String> inputs() {
    return proto.getInputList();
  }

  /** Name of an input, empty where an optional one is left out. */
  public String input(int index) {
    return index < proto.getInputCount() ? proto.getInput(index) : "";
  }

  public String output() {
    return proto.getOutput(0);
  }

  public boolean hasInput(int index) {
    return !input(index).isEmpty();
  }

  public long integer(String name, long otherwise) {
    return attribute(name).map(AttributeProto::getI).orElse(otherwise);
  }

  public float number(String name, float otherwise) {
    return attribute(name).map(AttributeProto::getF).orElse(otherwise);
  }

  public String text(String name, String otherwise) {
    return attribute(name).map(a -> a.getS().toStringUtf8()).orElse(otherwise);
  }

  /** A list of integers, or null where the attribute is absent. */
  public long[] integers(String name) {
    return attribute(name)
        .map(a -> a.getIntsList().stream().mapToLong(Long::longValue).toArray())
        .orElse(null);
  }

  private Optional<AttributeProto> attribute(String name) {
    return proto.getAttributeList().stream().filter(a -> a.getName().equals(name)).findFirst();
  }
}
