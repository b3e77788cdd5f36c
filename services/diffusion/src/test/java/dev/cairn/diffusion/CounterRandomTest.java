package dev.cairn.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CounterRandomTest {
  private final CounterRandom random = new CounterRandom(7, "test");

  @Test
  void numbers_below_a_bound_are_even() {
    int[] counts = new int[10];
    IntStream.range(0, 100_000).forEach(i -> counts[random.below(i, 10)]++);

    for (int count : counts) {
      assertThat((double) count).isEqualTo(10_000, within(400.0));
    }
  }

  @Test
  void a_permutation_has_every_number_once_and_depends_on_its_own() {
    int[] order = random.permutation(0, 100);

    assertThat(order).isNotEqualTo(random.permutation(1, 100));
    assertThat(IntStream.of(order).sorted().toArray()).isEqualTo(IntStream.range(0, 100).toArray());
  }

  @Test
  void streams_and_seeds_are_apart() {
    assertThat(random.bits(3)).isEqualTo(new CounterRandom(7, "test").bits(3));
    assertThat(random.bits(3)).isNotEqualTo(new CounterRandom(7, "other").bits(3));
    assertThat(random.bits(3)).isNotEqualTo(new CounterRandom(8, "test").bits(3));
  }
}
