package dev.cairn.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureProvenanceTest {
  private static final FeatureProvenance INDEX =
      new FeatureProvenance("b1", "g1", "loss", 512, 1, 0, false, List.of(100, 300));

  @Test
  void draws_and_timesteps_may_differ() {
    FeatureProvenance step =
        new FeatureProvenance("b1", "g1", "loss", 512, 20, 0, false, List.of(7));
    assertThat(INDEX.mismatch(step)).isEmpty();
  }

  @Test
  void every_other_difference_is_named_with_both_values() {
    FeatureProvenance other =
        new FeatureProvenance("b2", "g2", "square", 256, 1, 1, true, List.of());
    assertThat(INDEX.mismatch(other))
        .hasValue(
            "bundle digest b1 is not b2; gradients digest g1 is not g2; output function loss is"
                + " not square; feature dimension 512 is not 256; noise seed 0 is not 1; normalised"
                + " false is not true");
  }
}
