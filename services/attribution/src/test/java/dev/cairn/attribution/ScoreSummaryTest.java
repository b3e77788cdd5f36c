package dev.cairn.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScoreSummaryTest {

  @Test
  void all_scores_are_counted() {
    ScoreSummary summary = ScoreSummary.of(new float[] {-1, 0, 0.5f, 3}, 4);
    assertThat(summary).isEqualTo(new ScoreSummary(4, 2.5, 10.25, -1, 3, List.of(1, 2, 0, 1)));
  }

  @Test
  void equal_scores_fall_into_the_first_bin() {
    assertThat(ScoreSummary.of(new float[] {2, 2}, 3).histogram()).containsExactly(2, 0, 0);
  }

  @Test
  void nothing_cannot_be_summarised() {
    assertThatThrownBy(() -> ScoreSummary.of(new float[0], 3))
        .hasMessage("cannot summarise 0 scores in 3 bins");
  }
}
