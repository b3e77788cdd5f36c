package dev.cairn.runtime.training;

import static dev.cairn.gradients.graph.GraphWriter.attribute;

import ai.onnxruntime.OrtException;
import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.onnx.AttributeProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.NodeProto;
import dev.cairn.gradients.onnx.OperatorSetIdProto;
import dev.cairn.gradients.onnx.TensorProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;

/**
 * Lays out the convolutions of a training graph for the runtime's blocked kernels, which take half
 * the time of the general ones or less.
 *
 * <p>The runtime does so itself, but only where the kernel is a constant; in training it is an
 * input. Here images are brought into blocks of channels before each convolution and back after it,
 * [batch, channels / block, *spatial, block], and kernels once a step.
 */
final class BlockedConvolutions {
  private final int block;
  private final Map<String, List<Long>> shapes;
  private final List<NodeProto> first;
  private final List<NodeProto> rest = new ArrayList<>();
  private final List<TensorProto> constants = new ArrayList<>();
  private final Set<String> made = new HashSet<>();
  private final Map<String, String> kernels = new HashMap<>();
  private final Map<String, String> images = new HashMap<>();
  private int count;

  private BlockedConvolutions(int block, Map<String, List<Long>> shapes, List<NodeProto> first) {
    this.block = block;
    this.shapes = shapes;
    this.first = new ArrayList<>(first);
  }

  /**
   * @param parameters inputs of the graph that do not depend on the rows, with their shapes
   * @param block channels in a block; 0 leaves the graph as it is
   */
  static SplitGraph of(SplitGraph split, Map<String, List<Long>> parameters, int block)
      throws OrtException {
    if (block == 0) {
      return split;
    }
    Map<String, List<Long>> shapes = new HashMap<>(parameters);
    shapes.putAll(split.prepared());
    var blocked = new BlockedConvolutions(block, shapes, split.weights().getGraph().getNodeList());
    split.rows().getGraph().getNodeList().forEach(blocked::add);
    return blocked.assemble(split, parameters.keySet());
  }

  private SplitGraph assemble(SplitGraph split, Set<String> parameters) throws OrtException {
    SequencedSet<String> handedOver = new LinkedHashSet<>();
    for (NodeProto node : rest) {
      for (String input : node.getInputList()) {
        if (split.prepared().containsKey(input) || made.contains(input)) {
          handedOver.add(input);
        }
      }
    }
    ModelProto.Builder model =
        split.rows().toBuilder()
            .addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain(ChannelBlock.DOMAIN).setVersion(1));
    Map<String, TensorProto> initializers = new HashMap<>();
    for (ModelProto part : List.of(split.weights(), split.rows())) {
      part.getGraph().getInitializerList().forEach(c -> initializers.put(c.getName(), c));
    }
    constants.forEach(c -> initializers.put(c.getName(), c));
    model
        .getGraphBuilder()
        .clearInitializer()
        .addAllInitializer(initializers.values())
        .clearInput()
        .addAllInput(split.weights().getGraph().getInputList());
    split.rows().getGraph().getInputList().stream()
        .filter(
            i -> !parameters.contains(i.getName()) && !split.prepared().containsKey(i.getName()))
        .forEach(model.getGraphBuilder()::addInput);
    return SplitGraph.assemble(model.build(), parameters, first, rest, new ArrayList<>(handedOver));
  }

  private void add(NodeProto node) {
    if (!fits(node)) {
      rest.add(node);
      return;
    }
    List<Long> kernel = shapes.get(node.getInput(1));
    String x =
        kernel.get(1) < block && group(node) == 1
            ? node.getInput(0)
            : images.computeIfAbsent(node.getInput(0), this::intoBlocks);
    String weight = kernels.computeIfAbsent(node.getInput(1), this::kernel);
    String name = node.getOutput(0) + "/blocked";
    NodeProto.Builder blocked =
        node.toBuilder()
            .setDomain(ChannelBlock.DOMAIN)
            .setName(name)
            .setInput(0, x)
            .setInput(1, weight)
            .setOutput(0, name);
    if (node.getInputCount() > 2 && kernel.get(0) % block != 0) {
      blocked.setInput(2, padded(node.getInput(2), kernel.get(0), 1));
    }
    rest.add(blocked.build());
    rest.add(
        node(
                "ReorderOutput",
                List.of(name),
                node.getOutput(0),
                attribute("channels", kernel.get(0)))
            .setDomain(ChannelBlock.DOMAIN)
            .build());
  }

  /**
   * A convolution in the plane of images whose channels make whole blocks, or are fewer than one;
   * or one of each channel by itself.
   */
  private boolean fits(NodeProto node) {
    List<Long> kernel = node.getInputCount() > 1 ? shapes.get(node.getInput(1)) : null;
    if (!node.getOpType().equals("Conv")
        || !node.getDomain().isEmpty()
        || kernel == null
        || kernel.size() != 4
        || !given(node, "auto_pad").getS().toStringUtf8().matches("NOTSET|")) {
      return false;
    }
    long group = group(node);
    return group == 1
        ? kernel.get(1) % block == 0 || kernel.get(1) < block
        : group == kernel.get(0) && kernel.get(1) == 1 && group % block == 0;
  }

  private static long group(NodeProto node) {
    return Math.max(1, given(node, "group").getI());
  }

  /** Empty where the node has none of that name. */
  private static AttributeProto given(NodeProto node, String name) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .findFirst()
        .orElse(AttributeProto.getDefaultInstance());
  }

  private String intoBlocks(String image) {
    String name = image + "/blocks";
    rest.add(node("ReorderInput", List.of(image), name).setDomain(ChannelBlock.DOMAIN).build());
    return name;
  }

  /**
   * [out / block, in / block, *kernel, block of in, block of out], written as [out, in, *kernel].
   */
  private String kernel(String weight) {
    List<Long> shape = shapes.get(weight);
    long outputs = (shape.get(0) + block - 1) / block * block;
    long inputs = shape.get(1);
    long window = shape.get(2) * shape.get(3);
    long inBlock = Math.min(inputs, block);
    // As a matrix first: then the blocks of outputs lie together, and are moved whole.
    String whole = padded(weight, shape.get(0), 4);
    String matrix = prepare("Reshape", List.of(whole, longs(outputs, inputs * window)));
    String turned = prepare("Transpose", List.of(matrix), attribute("perm", new long[] {1, 0}));
    String blocks =
        prepare(
            "Reshape",
            List.of(turned, longs(inputs / inBlock, inBlock, window, outputs / block, block)));
    // Images of less than a block stay as they are, and so do their kernels' inputs.
    long[] order = inputs < block ? new long[] {3, 0, 1, 2, 4} : new long[] {3, 0, 2, 1, 4};
    String moved = prepare("Transpose", List.of(blocks), attribute("perm", order));
    return prepare("Reshape", List.of(moved, longs(outputs, inputs, shape.get(2), shape.get(3))));
  }

  /** Zeros behind along the first axis, so that it makes whole blocks. */
  private String padded(String parameter, long size, int rank) {
    long missing = (block - size % block) % block;
    if (missing == 0) {
      return parameter;
    }
    long[] pads = new long[2 * rank];
    pads[rank] = missing;
    return prepare("Pad", List.of(parameter, longs(pads)));
  }

  private String prepare(String operator, List<String> inputs, AttributeProto... attributes) {
    String output = "cairn/blocked_" + count++;
    made.add(output);
    first.add(node(operator, inputs, output, attributes).build());
    return output;
  }

  private String longs(long... values) {
    String name = "cairn/blocked_" + count++;
    constants.add(Tensors.longs(name, values, values.length));
    return name;
  }

  private static NodeProto.Builder node(
      String operator, List<String> inputs, String output, AttributeProto... attributes) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(output)
        .addAllInput(inputs)
        .addOutput(output)
        .addAllAttribute(Arrays.asList(attributes));
  }
}
