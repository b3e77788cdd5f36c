package dev.cairn.attributor.journeys;

import dev.cairn.schemas.v1.Subject;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Counts what journeys emit, and what came too late to be part of anything. */
final class JourneyMetrics {
  private final Map<String, Counter> emitted = new HashMap<>();
  private final Counter late;

  JourneyMetrics(MeterRegistry meters) {
    for (Subject subject : new Subject[] {Subject.TRAJECTORY, Subject.AGGREGATE}) {
      for (boolean incomplete : new boolean[] {false, true}) {
        emitted.put(
            subject.name() + incomplete,
            Counter.builder("cairn.journeys.emitted")
                .description("Means of features that were emitted")
                .tag("subject", subject.name().toLowerCase(Locale.ROOT))
                .tag("incomplete", Boolean.toString(incomplete))
                .register(meters));
      }
    }
    late =
        Counter.builder("cairn.journeys.late")
            .description("Generations that came after their window was closed")
            .register(meters);
  }

  void emitted(Subject subject, boolean incomplete) {
    emitted.get(subject.name() + incomplete).increment();
  }

  void late() {
    late.increment();
  }
}
