package dev.cairn.gradients.rules;

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
            NormalisationRules.RULES,
            ReductionRules.RULES,
            WindowRules.RULES)
        .map(Map::entrySet)
        .flatMap(java.util.Set::stream)
        .forEach(e -> ALL.put(e.getKey(), e.getValue()));
  }

  private Rules() {}

  public static Optional<Rule> of(String operator) {
    return Optional.ofNullable(ALL.get(operator));
  }

  /** Names of all operators that can be differentiated, sorted. */
  public static Iterable<String> operators() {
    return ALL.keySet();
  }
}
