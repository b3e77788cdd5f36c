package dev.cairn.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExampleGroupsTest {
  private static final List<Example> EXAMPLES =
      List.of(
          new Example("a", "shoe", List.of("owner:x", "cc0"), "", ""),
          new Example("b", "bag", List.of("owner:y", "cc0"), "", ""),
          new Example("c", "shoe", List.of("owner:x", "owner:x"), "", ""),
          Example.of("d", ""));

  @Test
  void scores_are_summed_by_label() {
    assertThat(ExampleGroups.byLabel(EXAMPLES).sums(new float[] {1, 2, -4, 8}))
        .containsExactly(new GroupScore("bag", 1, 2, 2), new GroupScore("shoe", 2, -3, -1.5));
  }

  @Test
  void groups_may_overlap_and_count_a_member_once() {
    assertThat(ExampleGroups.byGroup(EXAMPLES).sums(new float[] {1, 2, -4, 8}))
        .containsExactly(
            new GroupScore("cc0", 2, 3, 1.5),
            new GroupScore("owner:x", 2, -3, -1.5),
            new GroupScore("owner:y", 1, 2, 2));
  }

  @Test
  void a_score_vector_of_another_index_is_refused() {
    assertThatThrownBy(() -> ExampleGroups.byLabel(EXAMPLES).sums(new float[3]))
        .hasMessage("3 scores for 4 examples");
  }
}
