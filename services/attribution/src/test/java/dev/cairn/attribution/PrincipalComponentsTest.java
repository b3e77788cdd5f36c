package dev.cairn.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PrincipalComponentsTest {
  @Test
  void the_largest_axis_comes_first_with_its_largest_element_positive() {
    // Given 3 along (1, 2)/√5 and 1 across
    double[] moment = {(3 + 4) / 5.0, (6 - 2) / 5.0, (6 - 2) / 5.0, (12 + 1) / 5.0};

    // When
    float[] rows = PrincipalComponents.of(moment, 2);

    // Then
    assertThat(rows[0]).isCloseTo((float) (1 / Math.sqrt(5)), within(1e-6f));
    assertThat(rows[1]).isCloseTo((float) (2 / Math.sqrt(5)), within(1e-6f));
    assertThat(rows[2]).isCloseTo((float) (2 / Math.sqrt(5)), within(1e-6f));
    assertThat(rows[3]).isCloseTo((float) (-1 / Math.sqrt(5)), within(1e-6f));
  }

  @Test
  void what_is_not_finite_is_refused() {
    assertThatThrownBy(() -> PrincipalComponents.of(new double[] {Double.NaN, 0, 0, 1}, 2))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
