package dev.cairn.gradients.rules;

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
          Map.of(
              "activations", ActivationRules.RULES,
              "arithmetic", ArithmeticRules.RULES,
              "convolution", ConvolutionRule.RULES,
              "layout", LayoutRules.RULES,
              "matrix products", MatrixRules.RULES,
              "nearest-neighbour resizing", NearestResize.RULES,
              "normalisation", NormalisationRules.RULES,
              "reductions", ReductionRules.RULES,
              "windows", WindowRules.RULES));

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

  /** Passes the gradient through a node: by a shortcut if one fits, else by its rule. */
  public static void backward(Node node, Backward pass) {
    if (SHORTCUTS.stream().anyMatch(shortcut -> shortcut.backward(node, pass))) {
      return;
    }
    Rule rule = ALL.get(node.operator());
    if (rule == null) {
      throw pass.unsupported(node, "");
    }
    rule.backward(node, pass);
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
