package dev.cairn.attributor.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.attributor.events.Tensors;
import dev.cairn.schemas.v1.FeatureProvenance;
import dev.cairn.schemas.v1.Features;
import dev.cairn.schemas.v1.Subject;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Windows under a wall clock that is set forward and back. */
class WindowClockTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ProcessorUnderClock windows =
      new ProcessorUnderClock(
          new WindowProcessor(
              ProcessorUnderClock.RECORDS,
              new JourneyOptions(
                  Map.of("bootstrap.servers", "nowhere:9092"),
                  "journeys",
                  "features",
                  Duration.ofMinutes(10),
                  Set.of("prompt"),
                  Duration.ofMinutes(5),
                  Duration.ofSeconds(30)),
              new JourneyMetrics(meters)),
          WindowProcessor.STORE);

  @ParameterizedTest
  @ValueSource(longs = {1, -1})
  void a_clock_that_jumps_takes_no_generation_from_its_window_and_repeats_no_window(long days) {
    // When
    add("a", 10, 1);
    windows.pass(5);
    windows.jump(Duration.ofDays(days));
    windows.pass(5);
    add("b", 20, 3);
    windows.jump(Duration.ofDays(-days));
    windows.pass(5);
    add("c", 30, 5);
    windows.jump(Duration.ofDays(days));
    add("d", 340, 9);
    windows.pass(5);
    add("e", 341, 9);
    windows.jump(Duration.ofDays(-days));
    windows.pass(5);
    add("f", 342, 9);

    // Then
    assertThat(windows.emitted())
        .singleElement()
        .satisfies(
            mean -> {
              assertThat(mean.getAveraged()).isEqualTo(3);
              assertThat(Tensors.floats("features", mean.getFeatures(), 2)).containsExactly(3, 3);
            });
    assertThat(meters.get("cairn.journeys.late").counter().count()).isZero();
  }

  @Test
  void a_window_whose_records_have_passed_closes_though_the_clock_was_set_back() {
    // Given
    add("a", 10, 1);
    windows.pass(5);

    // When
    windows.jump(Duration.ofDays(-1));
    add("b", 340, 9);

    // Then
    assertThat(windows.emitted()).singleElement().returns(1, Features::getAveraged);
    assertThat(windows.commitRequested()).isTrue();
  }

  /** A finished generation, made so many seconds after the window's beginning. */
  private void add(String id, int second, float value) {
    windows.process(
        "prompt=a cat",
        Features.newBuilder()
            .setGenerationId(id)
            .setModel("m")
            .setSubject(Subject.TRAJECTORY)
            .setStepCount(1)
            .setFeatures(Tensors.of(new float[] {value, value}, 2))
            .putTags("prompt", "a cat")
            .setSourceTimeMicros(
                ProcessorUnderClock.START.plusSeconds(second).toEpochMilli() * 1000)
            .setProvenance(FeatureProvenance.newBuilder().setFeatureDimension(2))
            .build());
  }
}
