package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Node;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Every differentiation rule, by operator. A new operator is one more entry in its family. */
public final class Rules {
  private static final SortedMap<String, Rule> ALL = new TreeMap<>();

  static {
    Stream.of(
            ActivationRules.RULES,
            ArithmeticRules.RULES,
            ConvolutionRule.RULES,
            LayoutRules.RULES,
            MatrixRules.RULES,
            NearestResize.RULES,
            NormalisationRules.RULES,
            ReductionRules.RULES,
            WindowRules.RULES)
        .map(Map::entrySet)
        .flatMap(java.util.Set::stream)
        .forEach(e -> ALL.put(e.getKey(), e.getValue()));
  }

  private static final List<Shortcut> SHORTCUTS =
      List.of(
          GroupNormShortcut::backward,
          SiluShortcut::backward,
          UpsampledConvolutionShortcut::backward);

  private Rules() {}

  /** Passes the gradient through a node: by a shortcut if one fits, else by its rule. */
  public static void backward(Node node, Backward pass) {
    if (SHORTCUTS.stream().noneMatch(shortcut -> shortcut.backward(node, pass))) {
      of(node.operator()).orElseThrow(() -> pass.unsupported(node, "")).backward(node, pass);
    }
  }

  public static Optional<Rule> of(String operator) {
    return Optional.ofNullable(ALL.get(operator));
  }

  /** Names of all operators that can be differentiated, sorted. */
  public static Iterable<String> operators() {
    return ALL.keySet();
  }
}
