package dev.cairn.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TimestepsTest {

  @Test
  void linspace_runs_from_the_last_timestep_to_zero() {
    int[] timesteps = TimestepSpacing.LINSPACE.timesteps(1000, 50, 0);
    assertThat(timesteps).hasSize(50).startsWith(999, 979, 958).endsWith(20, 0);
    assertThat(timesteps[25]).isEqualTo(489);
    assertThat(TimestepSpacing.LINSPACE.timesteps(1000, 1, 0)).containsExactly(999);
  }

  @Test
  void leading_runs_in_multiples_above_the_offset() {
    assertThat(TimestepSpacing.LEADING.timesteps(1000, 50, 1)).startsWith(981, 961).endsWith(1);
  }

  @Test
  void trailing_counts_down_from_the_end() {
    assertThat(TimestepSpacing.TRAILING.timesteps(1000, 30, 0))
        .startsWith(999, 966, 932)
        .endsWith(32);
  }

  @Test
  void impossible_step_counts_are_refused() {
    assertThatThrownBy(() -> TimestepSpacing.LINSPACE.timesteps(10, 11, 0))
        .hasMessage("11 sampling steps where 1 to 10 are possible");
    assertThatThrownBy(() -> TimestepSpacing.LEADING.timesteps(10, 10, 1))
        .hasMessageContaining("past the last");
  }

  @Test
  void the_stratified_grid_holds_the_midpoints() {
    assertThat(TimestepGrid.stratified(1000, 4)).containsExactly(125, 375, 625, 875);
    assertThat(TimestepGrid.stratified(1000, 1)).containsExactly(500);
    assertThat(TimestepGrid.stratified(3, 3)).containsExactly(0, 1, 2);
    assertThatThrownBy(() -> TimestepGrid.stratified(3, 4))
        .hasMessage("a grid of 4 timesteps where 1 to 3 are possible");
  }
}
