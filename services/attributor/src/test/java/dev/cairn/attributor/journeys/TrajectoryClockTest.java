package dev.cairn.attributor.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.attributor.events.Tensors;
import dev.cairn.schemas.v1.FeatureProvenance;
import dev.cairn.schemas.v1.Features;
import dev.cairn.schemas.v1.Subject;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Time-outs of generations under a wall clock that is set forward and back. */
class TrajectoryClockTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  private final ProcessorUnderClock trajectories =
      new ProcessorUnderClock(
          new TrajectoryProcessor(
              ProcessorUnderClock.RECORDS, TIMEOUT, new JourneyMetrics(new SimpleMeterRegistry())),
          TrajectoryProcessor.STORE);

  @Test
  void a_generation_that_falls_silent_is_given_up_though_the_clock_was_set_back() {
    // Given
    step("silent", 0, 2);
    trajectories.pass(5);

    // When
    trajectories.jump(Duration.ofDays(-1));
    whileOthersComeFor(TIMEOUT);

    // Then
    assertThat(trajectories.emitted())
        .filteredOn(mean -> mean.getGenerationId().equals("silent"))
        .singleElement()
        .returns(true, Features::getIncomplete)
        .returns(1, Features::getAveraged);
  }

  @Test
  void a_final_image_still_shortens_the_wait_after_the_clock_was_set_back() {
    // Given
    step("cut short", 0, 2);
    trajectories.jump(Duration.ofDays(-1));

    // When
    trajectories.process("cut short", features("cut short", 2, 2, Subject.FINAL_IMAGE));
    whileOthersComeFor(TrajectoryProcessor.LATEST_STEP.plusSeconds(30));

    // Then
    assertThat(trajectories.emitted())
        .filteredOn(Features::getIncomplete)
        .extracting(Features::getGenerationId)
        .containsExactly("cut short");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, -1})
  void a_clock_that_jumps_gives_up_no_generation(long days) {
    // Given
    step("slow", 0, 3);
    trajectories.pass(5);

    // When
    trajectories.jump(Duration.ofDays(days));
    whileOthersComeFor(TIMEOUT.minusMinutes(1));
    step("slow", 1, 3);
    trajectories.jump(Duration.ofDays(-days));
    whileOthersComeFor(TIMEOUT.minusMinutes(1));
    step("slow", 2, 3);

    // Then
    assertThat(trajectories.emitted())
        .filteredOn(mean -> mean.getGenerationId().equals("slow"))
        .singleElement()
        .returns(false, Features::getIncomplete)
        .returns(3, Features::getAveraged);
  }

  @Test
  void while_the_clock_is_behind_each_record_is_committed_when_it_comes() {
    // Given
    step("g", 0, 3);
    trajectories.pass(5);
    assertThat(trajectories.commitRequested()).isFalse();

    // When
    trajectories.jump(Duration.ofMinutes(-1));

    // Then
    step("g", 1, 3);
    assertThat(trajectories.commitRequested()).isTrue();
    step("g", 2, 3);
    assertThat(trajectories.commitRequested()).isTrue();
    trajectories.pass(61);
    step("h", 0, 1);
    assertThat(trajectories.commitRequested()).isFalse();
  }

  /** Generations of one step each. */
  private void whileOthersComeFor(Duration time) {
    for (long second = 0; second <= time.toSeconds(); second += 10) {
      trajectories.pass(10);
      step("other " + trajectories.emitted().size(), 0, 1);
    }
  }

  private void step(String id, int step, int count) {
    trajectories.process(id, features(id, step, count, Subject.STEP));
  }

  private static Features features(String id, int step, int count, Subject subject) {
    return Features.newBuilder()
        .setGenerationId(id)
        .setModel("m")
        .setSubject(subject)
        .setStep(step)
        .setStepCount(count)
        .setFeatures(Tensors.of(new float[] {1, 2}, 2))
        .setSourceTimeMicros(ProcessorUnderClock.START.toEpochMilli() * 1000)
        .setProvenance(FeatureProvenance.newBuilder().setFeatureDimension(2))
        .build();
  }
}
