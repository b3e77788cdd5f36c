package dev.cairn.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class FlowControlProperties {

  private static final FlowLimits LIMITS = new FlowLimits(8, 100);

  @Property
  void stays_within_both_limits_unless_one_large_record_flies_alone(
      @ForAll @Size(max = 100) List<@IntRange(min = -1, max = 150) Integer> steps) {
    FlowControl flow = new FlowControl(LIMITS);
    Deque<Integer> flying = new ArrayDeque<>();
    boolean full = false;
    for (int step : steps) {
      // A negative step lands the oldest record; any other is the size of the next.
      if (step < 0) {
        if (!flying.isEmpty()) {
          flow.release(flying.removeFirst());
        }
      } else if (flow.admits(step)) {
        flow.admit(step);
        flying.addLast(step);
      }

      assertThat(flow.records()).isEqualTo(flying.size()).isLessThanOrEqualTo(8);
      assertThat(flow.bytes()).isEqualTo(flying.stream().mapToLong(Integer::longValue).sum());
      assertThat(flow.bytes() <= 100 || flow.records() == 1).isTrue();
      full = fullNext(flow, full);
      assertThat(flow.full()).isEqualTo(full);
    }
  }

  /** The hysteresis, restated: enter at a limit, leave at half of both, otherwise stay. */
  private static boolean fullNext(FlowControl flow, boolean full) {
    boolean atLimit = flow.records() >= 8 || flow.bytes() >= 100;
    boolean atHalf = flow.records() <= 4 && flow.bytes() <= 50;
    return atLimit || (full && !atHalf);
  }

  @Example
  void opens_at_half_and_not_before() {
    // Given
    FlowControl flow = new FlowControl(LIMITS);
    for (int i = 0; i < 8; i++) {
      flow.admit(1);
    }
    assertThat(flow.full()).isTrue();

    // When
    flow.release(1);
    flow.release(1);
    flow.release(1);

    // Then
    assertThat(flow.full()).isTrue();
    flow.release(1);
    assertThat(flow.full()).isFalse();
  }

  @Example
  void releasing_more_than_was_admitted_is_an_error() {
    FlowControl flow = new FlowControl(LIMITS);
    assertThatThrownBy(() -> flow.release(1)).isInstanceOf(IllegalStateException.class);
  }
}
