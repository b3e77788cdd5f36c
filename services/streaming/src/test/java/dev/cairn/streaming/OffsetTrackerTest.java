package dev.cairn.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.streaming.OffsetTracker.Ticket;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OffsetTrackerTest {

  private static final TopicPartition PARTITION = new TopicPartition("t", 0);

  private final OffsetTracker tracker = new OffsetTracker(3);

  @BeforeEach
  void assign() {
    tracker.assign(List.of(PARTITION));
  }

  @Test
  void the_watermark_waits_for_the_oldest_and_then_jumps_over_what_completed_meanwhile() {
    // Given
    Ticket first = received(10);
    Ticket second = received(11);
    Ticket third = received(15);

    // When
    tracker.completed(third);
    tracker.completed(second);

    // Then
    assertThat(tracker.committable()).isEmpty();

    // When
    tracker.completed(first);

    // Then
    assertThat(watermark()).isEqualTo(16);
  }

  @Test
  void a_completion_from_before_a_reassignment_is_ignored() {
    // Given
    Ticket old = received(10);
    tracker.revoke(List.of(PARTITION));
    tracker.assign(List.of(PARTITION));
    Ticket again = received(10);

    // When
    boolean counted = tracker.completed(old);

    // Then
    assertThat(counted).isFalse();
    assertThat(tracker.committable()).isEmpty();
    assertThat(tracker.completed(again)).isTrue();
    assertThat(watermark()).isEqualTo(11);
  }

  @Test
  void a_commit_of_an_ended_epoch_does_not_hide_a_lower_watermark_of_the_next() {
    // Given
    tracker.completed(received(10));
    var stored = tracker.committable();
    tracker.assign(List.of(PARTITION));

    // When
    tracker.committed(stored);
    tracker.completed(received(5));

    // Then
    assertThat(watermark()).isEqualTo(6);
  }

  @Test
  void an_offset_that_falls_back_begins_a_new_epoch() {
    // Given
    Ticket beforeTruncation = received(10);

    // When
    Ticket after = received(4);

    // Then
    assertThat(tracker.completed(beforeTruncation)).isFalse();
    assertThat(tracker.completed(after)).isTrue();
    assertThat(watermark()).isEqualTo(5);
  }

  @Test
  void the_spread_counts_what_is_held_above_the_watermark_complete_or_not() {
    // Given
    Ticket stuck = received(1);
    tracker.completed(received(2));
    assertThat(tracker.spreadExhausted(PARTITION)).isFalse();

    // When
    tracker.completed(received(3));

    // Then
    assertThat(tracker.spreadExhausted(PARTITION)).isTrue();
    tracker.completed(stuck);
    assertThat(tracker.spreadExhausted(PARTITION)).isFalse();
  }

  @Test
  void a_record_of_a_partition_that_is_not_assigned_is_refused() {
    assertThatThrownBy(() -> tracker.received(new TopicPartition("t", 1), 0, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("t-1");
  }

  @Test
  void the_oldest_timestamp_is_that_of_the_oldest_incomplete_record() {
    // Given
    Ticket first = tracker.received(PARTITION, 1, 700);
    tracker.received(PARTITION, 2, 800);
    assertThat(tracker.oldestTimestamp()).hasValue(700);

    // When
    tracker.completed(first);

    // Then
    assertThat(tracker.oldestTimestamp()).hasValue(800);
  }

  private Ticket received(long offset) {
    return tracker.received(PARTITION, offset, 0);
  }

  private long watermark() {
    return tracker.committable().get(PARTITION).offset();
  }
}
