package dev.cairn.attributor.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.schemas.v1.Features;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Journeys whose clock is set back, or whose broker goes away: what Kafka Streams makes of it. */
@Timeout(180)
class JourneyFaultsIT {

  @Test
  void means_go_on_coming_out_when_the_clock_is_set_back_by_a_day() throws Exception {
    SettableTime time = new SettableTime();
    try (JourneyBench journeys = new JourneyBench(Map.of(), time)) {
      // Given
      journeys.send("before", 0, 2);
      journeys.send("before", 1, 2);
      assertThat(journeys.mean("before").getAveraged()).isEqualTo(2);

      // When
      time.jump(Duration.ofDays(-1));
      journeys.send("after", 0, 2);
      journeys.send("after", 1, 2);

      // Then
      assertThat(journeys.mean("after").getAveraged()).isEqualTo(2);
    }
  }

  @Test
  void no_step_is_missing_after_commits_that_the_broker_did_not_answer_in_time() throws Exception {
    Map<String, Object> impatient = Map.of("max.block.ms", 500, "request.timeout.ms", 2000);
    try (JourneyBench journeys = new JourneyBench(impatient, Time.SYSTEM)) {
      for (int round = 0; round < 4; round++) {
        // Given
        String id = "round " + round;
        journeys.send(id, 0, 3);

        // When
        TimeUnit.MILLISECONDS.sleep(300); // So that it was read, and is still to be committed.
        journeys.network.refuse();
        TimeUnit.SECONDS.sleep(3); // Several times as long as a client waits.
        journeys.network.heal();

        // Then
        journeys.send(id, 1, 3);
        journeys.send(id, 2, 3);
        assertThat(journeys.mean(id))
            .returns(3, Features::getAveraged)
            .returns(false, Features::getIncomplete);
      }
    }
  }

  /** The system's, with a wall clock that can be set. */
  private static final class SettableTime implements Time {
    private volatile long offsetMillis;

    void jump(Duration by) {
      offsetMillis = by.toMillis();
    }

    @Override
    public long milliseconds() {
      return SYSTEM.milliseconds() + offsetMillis;
    }

    @Override
    public long nanoseconds() {
      return SYSTEM.nanoseconds();
    }

    @Override
    public void sleep(long millis) {
      SYSTEM.sleep(millis);
    }

    @Override
    public void waitObject(Object object, Supplier<Boolean> condition, long deadlineMillis)
        throws InterruptedException {
      SYSTEM.waitObject(object, condition, deadlineMillis - offsetMillis);
    }
  }
}
