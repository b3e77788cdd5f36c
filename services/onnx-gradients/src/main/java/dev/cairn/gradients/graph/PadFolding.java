package dev.cairn.gradients.graph;

import dev.cairn.gradients.onnx.AttributeProto;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.NodeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes zero padding in front of a convolution into the convolution.
 *
 * <p>Exporters write asymmetric padding as a node of its own; its gradient would be one more copy.
 */
public final class PadFolding {
  private PadFolding() {}

  /** The same function, with fewer Pad nodes. */
  public static ModelProto fold(ModelProto model) {
    ForwardGraph graph = new ForwardGraph(model);
    Map<NodeProto, NodeProto> replaced = new HashMap<>();
    for (Node pad : graph.nodes()) {
      List<Node> consumers = graph.consumers(pad.output());
      if (isZeroPadding(graph, pad)
          && !consumers.isEmpty()
          && consumers.stream().allMatch(c -> canPad(c, pad.output()))
          && !pad.output().equals(graph.prediction().name())) {
        long[] pads = graph.integers(pad, 1);
        consumers.forEach(c -> replaced.put(c.proto(), padded(c.proto(), pad.input(0), pads)));
        replaced.put(pad.proto(), null);
      }
    }
    List<NodeProto> nodes = new ArrayList<>();
    for (NodeProto node : model.getGraph().getNodeList()) {
      NodeProto replacement = replaced.getOrDefault(node, node);
      if (replacement != null) {
        nodes.add(replacement);
      }
    }
    GraphProto folded = model.getGraph().toBuilder().clearNode().addAllNode(nodes).build();
    return model.toBuilder().setGraph(folded).build();
  }

  private static boolean isZeroPadding(ForwardGraph graph, Node pad) {
    if (!pad.operator().equals("Pad")
        || !pad.text("mode", "constant").equals("constant")
        || pad.hasInput(3)
        || !graph.isConstant(pad.input(1))) {
      return false;
    }
    boolean zero =
        !pad.hasInput(2)
            || (graph.isConstant(pad.input(2))
                && Tensors.floats(graph.constant(pad.input(2)))[0] == 0);
    long[] pads = graph.integers(pad, 1);
    int rank = pads.length / 2;
    return zero
        && rank > 2
        && Arrays.stream(pads).allMatch(p -> p >= 0)
        && pads[0] == 0
        && pads[1] == 0
        && pads[rank] == 0
        && pads[rank + 1] == 0;
  }

  private static boolean canPad(Node consumer, String padded) {
    return consumer.operator().equals("Conv")
        && consumer.input(0).equals(padded)
        && consumer.text("auto_pad", "NOTSET").equals("NOTSET");
  }

  private static NodeProto padded(NodeProto convolution, String input, long[] pads) {
    int spatial = pads.length / 2 - 2;
    long[] own = new Node(convolution).integers("pads");
    long[] total = own == null ? new long[2 * spatial] : own.clone();
    for (int i = 0; i < spatial; i++) {
      total[i] += pads[i + 2];
      total[spatial + i] += pads[pads.length / 2 + i + 2];
    }
    NodeProto.Builder changed = convolution.toBuilder().setInput(0, input).clearAttribute();
    for (AttributeProto attribute : convolution.getAttributeList()) {
      if (!attribute.getName().equals("pads") && !attribute.getName().equals("auto_pad")) {
        changed.addAttribute(attribute);
      }
    }
    return changed.addAttribute(GraphWriter.attribute("pads", total)).build();
  }
}
