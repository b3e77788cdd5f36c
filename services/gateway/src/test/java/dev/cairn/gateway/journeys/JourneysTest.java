package dev.cairn.gateway.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.gateway.Attributions;
import org.junit.jupiter.api.Test;

class JourneysTest {

  private static Result result(String generation, int step) {
    return Result.of(Attributions.of(generation, step), 1_000 + step);
  }

  @Test
  void the_generation_that_was_silent_longest_makes_room() {
    Journeys journeys = new Journeys(2, Long.MAX_VALUE);
    journeys.add(result("a", 0));
    journeys.add(result("b", 0));
    journeys.add(result("a", 1));

    journeys.add(result("c", 0));

    assertThat(journeys.latest()).extracting(Journey::id).containsExactly("c", "a");
    assertThat(journeys.result("b.0")).isEmpty();
    assertThat(journeys.result("a.1")).isPresent();
  }

  @Test
  void bytes_are_bounded_whatever_their_generation() {
    long one = result("a", 0).bytes();
    Journeys journeys = new Journeys(100, 3 * one + one / 2);

    for (int i = 0; i < 10; i++) {
      journeys.add(result("g" + i, 0));
    }

    assertThat(journeys.latest()).extracting(Journey::id).containsExactly("g9", "g8", "g7");
  }

  @Test
  void a_replay_is_recognised() {
    Journeys journeys = new Journeys(2, Long.MAX_VALUE);

    assertThat(journeys.add(result("a", 0))).isTrue();
    assertThat(journeys.add(result("a", 0))).isFalse();
  }
}
