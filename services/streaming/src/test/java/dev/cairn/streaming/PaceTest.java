package dev.cairn.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

  private static final long GATHERING = Duration.ofMillis(10).toNanos();

  private final Pace pace = new Pace(Duration.ofMillis(10), 8);

  @Test
  void what_follows_closely_is_left_to_gather_after_each_second_poll() {
    assertThat(pace.polled(1, 0)).isZero();
    assertThat(pace.polled(3, 2)).isEqualTo(GATHERING - 2);
    assertThat(pace.polled(1, GATHERING)).isZero();
    assertThat(pace.polled(7, GATHERING + 1)).isEqualTo(GATHERING - 1);
  }

  @Test
  void what_comes_now_and_then_is_never_waited_for() {
    assertThat(pace.polled(1, 0)).isZero();
    assertThat(pace.polled(1, 2 * GATHERING)).isZero();
    assertThat(pace.polled(1, 4 * GATHERING)).isZero();
    assertThat(pace.polled(0, 5 * GATHERING)).isZero();
    assertThat(pace.polled(1, 5 * GATHERING + 1)).isZero();
  }

  @Test
  void what_is_left_behind_is_worked_off_without_waiting() {
    for (int poll = 0; poll < 10; poll++) {
      assertThat(pace.polled(8, poll)).isZero();
    }
    assertThat(pace.polled(1, 10)).isZero();
  }

  @Test
  void more_is_known_to_be_at_hand_only_when_a_pair_begins_after_a_rest() {
    pace.polled(1, 0);
    assertThat(pace.gathered()).isFalse();
    pace.polled(3, 2);
    assertThat(pace.gathered()).isFalse();
    pace.polled(1, GATHERING);
    assertThat(pace.gathered()).isTrue();
    pace.polled(0, GATHERING + 1);
    assertThat(pace.gathered()).isFalse();
    pace.polled(1, 2 * GATHERING);
    assertThat(pace.gathered()).isFalse();
  }

  @Test
  void a_pair_that_took_longer_than_its_records_may_gather_is_not_followed_by_a_rest() {
    pace.polled(1, 0);
    assertThat(pace.polled(1, 2 * GATHERING)).isZero();
    pace.polled(1, 3 * GATHERING);
    assertThat(pace.gathered()).isFalse();
  }
}
