package dev.cairn.attributor;

import static dev.cairn.schemas.v1.DeadLetterClass.MALFORMED;
import static dev.cairn.schemas.v1.DeadLetterClass.PROVENANCE_MISMATCH;
import static dev.cairn.schemas.v1.DeadLetterClass.UNKNOWN_BUNDLE;

import dev.cairn.attribution.AttributionIndex;
import dev.cairn.attribution.FeatureProvenance;
import dev.cairn.attributor.events.Event;
import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.RejectedException;
import dev.cairn.attributor.events.Tensors;
import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.Features;
import dev.cairn.schemas.v1.Subject;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What the scoring stage does with one event (METHOD §5, §6). */
final class ScoringWork implements RecordPipeline.Work {
  private static final Set<Subject> SUBJECTS =
      EnumSet.of(Subject.STEP, Subject.FINAL_IMAGE, Subject.TRAJECTORY, Subject.AGGREGATE);

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final ScoringOptions options;
  private final EventCodec codec;
  private final Current<Map<String, List<ScoredIndex>>> indexes;
  private final SubjectTimer scoreTimer;
  private final SubjectTimer endToEndTimer;
  private final Counter scoreCpu;

  ScoringWork(
      ScoringOptions options,
      Map<String, AttributionIndex> indexes,
      EventCodec codec,
      MeterRegistry meters) {
    this.options = options;
    this.codec = codec;
    Map<String, List<AttributionIndex>> first = new TreeMap<>();
    indexes.forEach((model, index) -> first.put(model, List.of(index)));
    this.indexes = new Current<>(scored(first));
    this.scoreTimer =
        new SubjectTimer(
            meters,
            "cairn.score.seconds",
            "Scoring one feature vector against a whole index",
            SUBJECTS);
    this.endToEndTimer =
        new SubjectTimer(
            meters,
            "cairn.end.to.end.seconds",
            "From the source record's production to its attribution, before publishing",
            SUBJECTS);
    this.scoreCpu =
        Counter.builder("cairn.score.cpu.seconds")
            .description("CPU time of scoring feature vectors against an index")
            .register(meters);
  }

  /** Features that come from now on are scored with these; completes with the last before. */
  CompletableFuture<Void> score(Map<String, List<AttributionIndex>> next) {
    return indexes.replace(scored(next));
  }

  private Map<String, List<ScoredIndex>> scored(Map<String, List<AttributionIndex>> versions) {
    if (versions.isEmpty()) {
      throw new IllegalArgumentException("the scoring stage needs at least one index");
    }
    Map<String, List<ScoredIndex>> scored = new TreeMap<>(); // sorted, because reasons list the ids
    versions.forEach(
        (model, of) ->
            scored.put(
                model, of.stream().map(index -> new ScoredIndex(index, options.top())).toList()));
    return scored;
  }

  /** Scores on the calling worker: the pool's size bounds how many walk the index at once. */
  @Override
  public CompletionStage<List<ProducerRecord<byte[], byte[]>>> begin(Event event) {
    if (!(event.body() instanceof Features features)) {
      throw new RejectedException(
          MALFORMED,
          "a %s; expected Features".formatted(event.body().getDescriptorForType().getName()));
    }
    try (Current.Lease<Map<String, List<ScoredIndex>>> lease = indexes.lease()) {
      return begin(event, features, index(features, lease.value()));
    }
  }

  private CompletionStage<List<ProducerRecord<byte[], byte[]>>> begin(
      Event event, Features features, ScoredIndex index) {
    float[] vector = Tensors.floats("features", features.getFeatures(), index.dimension());
    Timer.Sample started = scoreTimer.start();
    long cpu = THREADS.getCurrentThreadCpuTime();
    Attribution attribution = index.attribute(features, vector);
    scoreCpu.increment((THREADS.getCurrentThreadCpuTime() - cpu) / 1e9);
    scoreTimer.stop(started, features.getSubject());
    recordEndToEnd(features);
    return CompletableFuture.completedFuture(
        List.of(
            codec.encode(
                options.attributionsTopic(),
                features.getGenerationId(),
                attribution,
                features.getSourceTimeMicros(),
                options.format(),
                event.trace())));
  }

  private static ScoredIndex index(Features features, Map<String, List<ScoredIndex>> indexes) {
    if (features.getGenerationId().isBlank()) {
      throw new RejectedException(MALFORMED, "generation_id is missing");
    }
    if (!SUBJECTS.contains(features.getSubject())) {
      throw new RejectedException(
          MALFORMED,
          "subject is %d; expected STEP, FINAL_IMAGE, TRAJECTORY or AGGREGATE"
              .formatted(features.getSubjectValue()));
    }
    List<ScoredIndex> versions = indexes.get(features.getModel());
    if (versions == null) {
      throw new RejectedException(
          UNKNOWN_BUNDLE,
          "model is '%s'; this process holds an index for %s"
              .formatted(features.getModel(), String.join(", ", indexes.keySet())));
    }
    FeatureProvenance provenance = provenance(features);
    return versions.stream()
        .filter(version -> version.mismatch(provenance).isEmpty())
        .findFirst()
        .orElseThrow(
            () ->
                new RejectedException(
                    PROVENANCE_MISMATCH,
                    "of the index and of the features: "
                        + versions.getFirst().mismatch(provenance).orElseThrow()));
  }

  private static FeatureProvenance provenance(Features features) {
    if (features.getProvenance().getFeatureDimension() < 1) {
      throw new RejectedException(
          MALFORMED, "provenance.feature_dimension is missing; scores need the whole provenance");
    }
    return Provenances.fromWire(features.getProvenance());
  }

  private void recordEndToEnd(Features features) {
    Duration elapsed =
        Duration.between(
            Instant.EPOCH.plus(features.getSourceTimeMicros(), ChronoUnit.MICROS), Instant.now());
    // Without a source time, or with a producer's clock ahead of ours, there is nothing to measure.
    if (features.getSourceTimeMicros() > 0 && !elapsed.isNegative()) {
      endToEndTimer.record(features.getSubject(), elapsed);
    }
  }
}
