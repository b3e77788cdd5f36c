package dev.cairn.attributor;

import dev.cairn.schemas.v1.Subject;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A histogram of durations with the subject as its one tag, registered at once for every subject.
 */
final class SubjectTimer {
  private final MeterRegistry meters;
  private final Map<Subject, Timer> timers = new EnumMap<>(Subject.class);

  SubjectTimer(MeterRegistry meters, String name, String description, Set<Subject> subjects) {
    this.meters = meters;
    for (Subject subject : subjects) {
      timers.put(
          subject,
          Timer.builder(name)
              .description(description)
              .tag("subject", subject.name().toLowerCase(Locale.ROOT).replace('_', '-'))
              .publishPercentileHistogram()
              .register(meters));
    }
  }

  Timer.Sample start() {
    return Timer.start(meters);
  }

  void stop(Timer.Sample started, Subject subject) {
    started.stop(timers.get(subject));
  }

  void record(Subject subject, Duration duration) {
    timers.get(subject).record(duration);
  }
}
