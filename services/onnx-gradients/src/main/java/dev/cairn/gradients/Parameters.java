package dev.cairn.gradients;

import dev.cairn.gradients.graph.ForwardGraph;
import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.NodeProto;
import dev.cairn.gradients.onnx.TensorProto;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.regex.Pattern;

/** Tells a model's parameters from its constants. */
public final class Parameters {
  /** Names that exporters make up for values; everything else is the model's own name. */
  private static final Pattern GENERATED =
      Pattern.compile(
          "(onnx::|/|val_|_val_|_?const|scalar_tensor|c?_?lifted_tensor|tmp_?\\d|_?to_copy|\\d+$).*",
          Pattern.CASE_INSENSITIVE);

  /** Inputs that say how an operator works; what is read there is no parameter. */
  private static final Map<String, Set<Integer>> SETTINGS =
      Map.of(
          "Resize", Set.of(1, 2, 3),
          "Upsample", Set.of(1),
          "Pad", Set.of(1, 2),
          "Clip", Set.of(1, 2),
          "Dropout", Set.of(1, 2),
          "OneHot", Set.of(1, 2),
          "Range", Set.of(0, 1, 2),
          "BatchNormalization", Set.of(3, 4),
          "Pow", Set.of(1));

  private Parameters() {}

  /**
   * The initialisers that may be parameters, whatever becomes of them: those with more than one
   * element, and single numbers with a name of their own; settings of operators excepted. One of
   * half precision may be one as well; a graph of single precision casts it.
   */
  public static Set<String> candidates(ModelProto model) {
    GraphProto graph = model.getGraph();
    Set<String> settings = new HashSet<>();
    for (NodeProto node : graph.getNodeList()) {
      Set<Integer> positions = SETTINGS.getOrDefault(node.getOpType(), Set.of());
      for (int i = 0; i < node.getInputCount(); i++) {
        if (positions.contains(i)) {
          settings.add(node.getInput(i));
        }
      }
    }
    SequencedSet<String> found = new LinkedHashSet<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      boolean named = !GENERATED.matcher(tensor.getName()).matches();
      if ((Tensors.isFloat(tensor) || Tensors.isHalf(tensor))
          && (named || Tensors.shape(tensor).elements() > 1)
          && !settings.contains(tensor.getName())) {
        found.add(tensor.getName());
      }
    }
    return found;
  }

  /**
   * The {@link #candidates} that are used as a weight or bias of a linear map, as a normalisation's
   * scale or shift, or as a table that is looked up; directly or after a transpose, a scale, or
   * whatever else is computed from constants alone.
   *
   * <p>Only initialisers of the original file count: simplification turns constants into
   * initialisers too. An operand of a product or sum counts if another operand depends on a
   * parameter already; the frequencies of a timestep embedding multiply a plain input, and so do
   * not count. Ones and zeros that exporters hand to a normalisation that has neither scale nor
   * shift do not count either.
   *
   * @return in order of first use
   */
  public static SequencedSet<String> discover(ModelProto original, ModelProto simplified) {
    ForwardGraph graph = new ForwardGraph(simplified);
    Map<String, Set<String>> origins = new HashMap<>();
    for (String name : candidates(original)) {
      if (graph.isConstant(name)) {
        origins.put(name, Set.of(name));
      }
    }
    SequencedSet<String> found = new LinkedHashSet<>();
    Set<String> dependent = new HashSet<>();
    for (Node node : graph.nodes()) {
      SequencedSet<String> made = new LinkedHashSet<>();
      node.inputs().forEach(i -> made.addAll(origins.getOrDefault(i, Set.of())));
      if (!made.isEmpty() && isOfWeights(graph, node, origins)) {
        node.proto().getOutputList().forEach(output -> origins.put(output, made));
        continue;
      }
      ParameterUse use = new ParameterUse(graph, node, dependent);
      for (int i = 0; i < node.inputs().size(); i++) {
        Set<String> weights = origins.get(node.input(i));
        if (weights != null && use.isParameter(i)) {
          found.addAll(weights);
        }
      }
      boolean depends =
          node.inputs().stream()
              .anyMatch(
                  i ->
                      dependent.contains(i)
                          || origins.getOrDefault(i, Set.of()).stream().anyMatch(found::contains));
      if (depends) {
        dependent.addAll(node.proto().getOutputList());
      }
    }
    return found;
  }

  /** Whether a name was made up by an exporter. */
  static boolean isGenerated(String name) {
    return GENERATED.matcher(name).matches();
  }

  /** Whether a node rearranges a weight, or computes from weights and constants alone. */
  private static boolean isOfWeights(
      ForwardGraph graph, Node node, Map<String, Set<String>> origins) {
    if (node.operator().equals("Expand") || node.operator().equals("Tile")) {
      return origins.containsKey(node.input(0));
    }
    return node.inputs().stream()
        .allMatch(i -> i.isEmpty() || graph.isConstant(i) || origins.containsKey(i));
  }
}
