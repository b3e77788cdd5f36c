package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Value;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Images that the runtime has in its blocked layout, as convolutions make them. */
final class Packed {
  private Packed() {}

  /**
   * A value of the forward pass, taken out of the blocked layout the quicker way if it is in it.
   */
  static Value unpacked(Value image, Backward pass) {
    return isPacked(image.name(), pass) ? pass.ops().unpacked(image) : image;
  }

  /**
   * Writes a concatenation anew in which some images come out of the blocked layout. Where all are
   * in it the runtime concatenates them there.
   */
  static void unpackParts(Node concat, int axis, Backward pass) {
    Ops ops = pass.ops();
    int begin = ops.writer().nodes().size();
    if (concat.inputs().stream().allMatch(input -> isPacked(input, pass))) {
      return;
    }
    List<Value> parts =
        concat.inputs().stream().map(input -> unpacked(pass.value(input), pass)).toList();
    if (ops.writer().nodes().size() > begin) {
      ops.writer().replace(concat, begin, ops.concat(axis, parts).name());
    }
  }

  /** Whether a value is a convolution's result or a sum of such. */
  private static boolean isPacked(String value, Backward pass) {
    return isPacked(value, pass, new HashSet<>());
  }

  /**
   * @param seen values asked for already: none was not, else the question would have ended there
   */
  private static boolean isPacked(String value, Backward pass, Set<String> seen) {
    if (!seen.add(value)) {
      return true;
    }
    Node producer = pass.graph().producer(value);
    return producer != null
        && switch (producer.operator()) {
          case "Conv" -> producer.integer("group", 1) == 1 && !isOfEnlarged(producer, pass);
          case "Add" -> producer.inputs().stream().allMatch(input -> isPacked(input, pass, seen));
          default -> false;
        };
  }

  /** Of an enlarged image, which is put together from phases: see {@link PhasedConvolution}. */
  private static boolean isOfEnlarged(Node convolution, Backward pass) {
    Node before = pass.graph().producer(convolution.input(0));
    return before != null && before.operator().equals("Resize");
  }
}
