package dev.cairn.gradients.rules;

import dev.cairn.gradients.GradientException;
import dev.cairn.gradients.UnsupportedOperatorException;
import dev.cairn.gradients.graph.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Every differentiation rule, by operator. A new operator is one more entry in its family. */
public final class Rules {
  private static final SortedMap<String, Map<String, Rule>> FAMILIES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("activations", ActivationRules.RULES),
              Map.entry("arithmetic and choice", ArithmeticRules.RULES),
              Map.entry("attention", AttentionRule.RULES),
              Map.entry("convolution", ConvolutionRule.RULES),
              Map.entry("functions of one number", FunctionRules.RULES),
              Map.entry("layout", LayoutRules.RULES),
              Map.entry("look-ups", LookupRules.RULES),
              Map.entry("matrix products", MatrixRules.RULES),
              Map.entry("normalisation", NormalisationRules.RULES),
              Map.entry("pooling", PoolingRules.RULES),
              Map.entry("reductions and running sums", ReductionRules.RULES),
              Map.entry("resizing", ResizeRules.RULES),
              Map.entry("windows", WindowRules.RULES)));

  private static final Map<String, Rule> ALL = new HashMap<>();

  static {
    FAMILIES.values().forEach(ALL::putAll);
  }

  private static final List<Shortcut> SHORTCUTS =
      List.of(
          GroupNormShortcut::backward,
          SiluShortcut::backward,
          SoftmaxShortcut::backward,
          DenseShortcut::backward,
          SingleOutputShortcut::backward,
          UpsampledConvolutionShortcut::backward);

  private Rules() {}

  /**
   * Passes the gradient through a node: by a shortcut if one fits, else by its rule.
   *
   * @throws GradientException naming node, operator, opset and path, whatever the reason
   */
  public static void backward(Node node, Backward pass) {
    try {
      boolean ofWeights = pass.lead(node) > 0;
      if (ofWeights && !WeightPaths.handOn(node, pass)) {
        return;
      }
      if (!ofWeights && SHORTCUTS.stream().anyMatch(s -> s.backward(node, pass))) {
        return;
      }
      rule(node, pass).backward(node, pass);
    } catch (UnsupportedOperatorException e) {
      throw e;
    } catch (GradientException e) {
      throw new GradientException(
          "Node '%s', operator %s (opset %d), on the path %s: %s"
              .formatted(
                  node.name(),
                  node.operator(),
                  pass.graph().opset(),
                  String.join(" -> ", pass.graph().pathToPrediction(node)),
                  e.getMessage()));
    }
  }

  private static Rule rule(Node node, Backward pass) {
    Rule rule = ALL.get(node.operator());
    if (rule == null) {
      throw pass.unsupported(node, "");
    }
    return rule;
  }

  /** Names of all operators that can be differentiated. */
  public static Set<String> operators() {
    return Set.copyOf(ALL.keySet());
  }

  /** The table of operators in the README, one line a family. */
  static String table() {
    StringBuilder table = new StringBuilder("| family | operators |\n|---|---|\n");
    FAMILIES.forEach(
        (family, rules) ->
            table.append(
                "| %s | %s |\n"
                    .formatted(family, String.join(", ", new TreeSet<>(rules.keySet())))));
    return table.toString();
  }
}
