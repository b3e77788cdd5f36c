package dev.cairn.attributor.journeys;

import dev.cairn.attributor.journeys.FeatureRecords.Vector;
import dev.cairn.schemas.v1.Features;
import dev.cairn.schemas.v1.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The mean over a generation's steps (METHOD §4). Emitted when all its steps are there; or else
 * when nothing was heard of it for the time-out.
 *
 * <p>Why does its final image not end it? It is sent after all steps, but a step can overtake it on
 * the way: a process that is killed hands its steps to another one, up to the session time-out of
 * its group later. The image only shortens the wait, since after that no step is missing for any
 * other reason than that it became a dead letter.
 *
 * <p>An emitted generation is remembered for the time-out, by an empty state.
 */
final class TrajectoryProcessor extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
  static final String STORE = "trajectories";
  private static final byte[] EMITTED = {};

  /** Well beyond Kafka's default session time-out of 45 s. */
  static final Duration LATEST_STEP = Duration.ofMinutes(2);

  private final FeatureRecords records;
  private final Duration timeout;
  private final JourneyMetrics metrics;

  /** When each state was last touched, so that looking for old ones reads no vectors. */
  private final Map<String, Long> touched = new HashMap<>();

  private final Silence silence = new Silence(touched);

  private KeyValueStore<String, byte[]> store;

  TrajectoryProcessor(FeatureRecords records, Duration timeout, JourneyMetrics metrics) {
    this.records = records;
    this.timeout = timeout;
    this.metrics = metrics;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    super.init(context);
    store = context.getStateStore(STORE);
    long now = context.currentSystemTimeMs();
    try (KeyValueIterator<String, byte[]> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<String, byte[]> entry = all.next();
        touched.put(
            entry.key,
            entry.value.length == 0
                ? now
                : Math.min(now, RunningMean.fromBytes(entry.value).touchedMillis()));
      }
    }
    silence.begin(now);
    context.schedule(
        Silence.CHECK.compareTo(timeout) < 0 ? Silence.CHECK : timeout,
        PunctuationType.WALL_CLOCK_TIME,
        this::expire);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    records
        .read(record)
        .ifPresent(
            vector -> {
              switch (vector.features().getSubject()) {
                case STEP -> add(vector);
                case FINAL_IMAGE -> expectNoMore(vector.features());
                default -> {} // means, our own among them
              }
            });
    long now = context().currentSystemTimeMs();
    if (silence.overdue(now)) {
      expire(now);
    }
    if (silence.clockIsBehind(now)) {
      context().commit();
    }
  }

  private void add(Vector vector) {
    Features step = vector.features();
    String key = MeanKey.of(step.getGenerationId(), step);
    byte[] state = store.get(key);
    int stepCount = step.getStepCount();
    if ((state != null && state.length == 0) || step.getStep() < 0 || step.getStep() >= stepCount) {
      return;
    }
    RunningMean mean =
        state == null
            ? RunningMean.of(about(step), vector.values().length)
            : RunningMean.fromBytes(state);
    mean = mean.with(step.getStep(), vector.values(), step, context().currentSystemTimeMs());
    if (mean.count() == stepCount) {
      emit(key, mean, false);
    } else {
      store.put(key, mean.toBytes());
      touched.put(key, mean.touchedMillis());
    }
  }

  private void expectNoMore(Features image) {
    String key = MeanKey.of(image.getGenerationId(), image);
    byte[] state = store.get(key);
    if (state != null && state.length > 0) {
      long sooner = Math.max(0, timeout.minus(LATEST_STEP).toMillis());
      long heard = context().currentSystemTimeMs() - sooner;
      touched.computeIfPresent(key, (_, at) -> Math.min(at, heard));
    }
  }

  private void emit(String key, RunningMean mean, boolean incomplete) {
    Features features = mean.mean().toBuilder().setIncomplete(incomplete).build();
    context().forward(records.write(features, context().currentSystemTimeMs()));
    store.put(key, EMITTED);
    touched.put(key, context().currentSystemTimeMs());
    metrics.emitted(Subject.TRAJECTORY, incomplete);
  }

  private void expire(long now) {
    silence.at(now);
    List<String> old = new ArrayList<>();
    touched.forEach(
        (key, at) -> {
          if (now - at >= timeout.toMillis()) {
            old.add(key);
          }
        });
    for (String key : old) {
      byte[] state = store.get(key);
      if (state == null || state.length == 0) {
        store.delete(key);
        touched.remove(key);
      } else {
        emit(key, RunningMean.fromBytes(state), true);
      }
    }
  }

  private static Features about(Features step) {
    Features.Builder about =
        step.toBuilder()
            .setSubject(Subject.TRAJECTORY)
            .setStep(0)
            .setTimestep(0)
            .clearFeatures()
            .clearEstimate();
    about.getProvenanceBuilder().clearTimesteps();
    return about.build();
  }
}
