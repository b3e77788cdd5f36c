package dev.cairn.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.gradients.rules.Rules;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule against central differences, in the situations that are written down by hand. */
class FiniteDifferenceTest {

  static List<RuleCase> cases() {
    return RuleCase.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradients_agree_with_central_differences(RuleCase rule) {
    FiniteDifferences.check(rule);
  }

  @Test
  void every_rule_has_a_case() {
    Set<String> operators = new HashSet<>(Rules.operators());
    // ONNX removed it in opset 10; ONNX Runtime loads no model of a later opset that holds one.
    operators.remove("Upsample");
    assertThat(cases().stream().map(RuleCase::operator).collect(Collectors.toSet()))
        .containsAll(operators);
  }
}
