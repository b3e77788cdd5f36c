package dev.cairn.runtime.compile;

import dev.cairn.gradients.graph.GraphWriter;
import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.onnx.NodeProto;
import dev.cairn.gradients.onnx.TensorProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Makes constants that the runtime folded at one batch size depend on the batch again, as nodes in
 * front of the graph.
 */
final class BatchConstants {
  private static final String PREFIX = "cairn/batch/";

  private final String batched;
  private final long first;
  private final long second;
  private final List<NodeProto> nodes = new ArrayList<>();
  private final List<TensorProto> constants = new ArrayList<>();

  /**
   * @param batched an input whose first axis is the batch
   */
  BatchConstants(String batched, long first, long second) {
    this.batched = batched;
    this.first = first;
    this.second = second;
  }

  List<NodeProto> nodes() {
    return nodes;
  }

  List<TensorProto> constants() {
    return constants;
  }

  /**
   * Writes the nodes that make a constant of that name.
   *
   * @return whether there is a way: integers linear in the batch, or equal rows one a batch row
   */
  boolean write(TensorProto atFirst, TensorProto atSecond) {
    if (atFirst.getDataType() != atSecond.getDataType()) {
      return false;
    }
    return atFirst.getDimsList().equals(atSecond.getDimsList())
        ? writeIntegers(atFirst, atSecond)
        : writeRows(atFirst, atSecond);
  }

  /** base + slope × batch, element by element. */
  private boolean writeIntegers(TensorProto atFirst, TensorProto atSecond) {
    if (atFirst.getDataType() != TensorProto.DataType.INT64.getNumber()) {
      return false;
    }
    long[] a = Tensors.longs(atFirst);
    long[] b = Tensors.longs(atSecond);
    long[] base = new long[a.length];
    long[] slope = new long[a.length];
    for (int i = 0; i < a.length; i++) {
      slope[i] = (b[i] - a[i]) / (second - first);
      base[i] = a[i] - slope[i] * first;
      if (base[i] + slope[i] * second != b[i]) {
        return false;
      }
    }
    String name = atFirst.getName();
    long[] shape = atFirst.getDimsList().stream().mapToLong(Long::longValue).toArray();
    constants.add(Tensors.longs(PREFIX + name + "/base", base, shape));
    constants.add(Tensors.longs(PREFIX + name + "/slope", slope, shape));
    String batch = shape.length == 0 ? batchNumber() : batch();
    node("Mul", PREFIX + name + "/scaled", PREFIX + name + "/slope", batch);
    node("Add", name, PREFIX + name + "/scaled", PREFIX + name + "/base");
    return true;
  }

  /** One row, repeated. */
  private boolean writeRows(TensorProto atFirst, TensorProto atSecond) {
    List<Long> dims = atFirst.getDimsList();
    Optional<byte[]> row = row(atFirst, first);
    Optional<byte[]> other = row(atSecond, second);
    if (dims.isEmpty()
        || row.isEmpty()
        || other.isEmpty()
        || !Arrays.equals(row.get(), other.get())
        || !dims.subList(1, dims.size()).equals(atSecond.getDimsList().subList(1, dims.size()))) {
      return false;
    }
    String name = atFirst.getName();
    constants.add(
        atFirst.toBuilder()
            .setName(PREFIX + name + "/row")
            .setDims(0, 1)
            .setRawData(com.google.protobuf.ByteString.copyFrom(row.get()))
            .build());
    long[] rest = dims.stream().skip(1).mapToLong(Long::longValue).toArray();
    constants.add(Tensors.longs(PREFIX + name + "/rest", rest, rest.length));
    NodeProto.Builder shape = builder("Concat", PREFIX + name + "/shape", batch());
    nodes.add(
        shape
            .addInput(PREFIX + name + "/rest")
            .addAttribute(GraphWriter.attribute("axis", 0))
            .build());
    node("Expand", name, PREFIX + name + "/row", PREFIX + name + "/shape");
    return true;
  }

  /** The bytes of the first of so many equal rows. */
  private static Optional<byte[]> row(TensorProto tensor, long rows) {
    byte[] raw = tensor.getRawData().toByteArray();
    if (tensor.getDimsCount() == 0 || tensor.getDims(0) != rows || raw.length % rows != 0) {
      return Optional.empty();
    }
    int length = (int) (raw.length / rows);
    for (int i = length; i < raw.length; i++) {
      if (raw[i] != raw[i - length]) {
        return Optional.empty();
      }
    }
    return length == 0 ? Optional.empty() : Optional.of(Arrays.copyOf(raw, length));
  }

  /** The batch size as a vector of one element. */
  private String batch() {
    String name = PREFIX + "size";
    if (nodes.stream().noneMatch(n -> n.getOutput(0).equals(name))) {
      constants.add(Tensors.longs(PREFIX + "0", new long[] {0}, 1));
      constants.add(Tensors.longs(PREFIX + "1", new long[] {1}, 1));
      node("Shape", PREFIX + "shape", batched);
      node("Slice", name, PREFIX + "shape", PREFIX + "0", PREFIX + "1");
    }
    return name;
  }

  private String batchNumber() {
    String name = PREFIX + "number";
    batch();
    if (nodes.stream().noneMatch(n -> n.getOutput(0).equals(name))) {
      node("Squeeze", name, batch());
    }
    return name;
  }

  private void node(String operator, String output, String... inputs) {
    nodes.add(builder(operator, output, inputs).build());
  }

  private static NodeProto.Builder builder(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(output)
        .addAllInput(Arrays.asList(inputs))
        .addOutput(output);
  }
}
