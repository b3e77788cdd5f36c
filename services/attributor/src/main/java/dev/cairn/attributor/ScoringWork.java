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
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
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
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What the scoring stage does with one event (METHOD §5, §6). */
final class ScoringWork implements RecordPipeline.Work {
  private static final Set<Subject> SUBJECTS =
      EnumSet.of(Subject.STEP, Subject.FINAL_IMAGE, Subject.TRAJECTORY, Subject.AGGREGATE);

  private final ScoringOptions options;
  private final EventCodec codec;
  private final Map<String, ScoredIndex> indexes;
  private final SubjectTimer scoreTimer;
  private final SubjectTimer endToEndTimer;

  ScoringWork(
      ScoringOptions options,
      Map<String, AttributionIndex> indexes,
      EventCodec codec,
      MeterRegistry meters) {
    if (indexes.isEmpty()) {
      throw new IllegalArgumentException("the scoring stage needs at least one index");
    }
    this.options = options;
    this.codec = codec;
    this.indexes =
        indexes.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    e -> new ScoredIndex(e.getValue(), options.top()),
                    (a, _) -> a,
                    TreeMap::new)); // sorted, because reasons list the known ids
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
  }

  /** Scores on the calling worker: the pool's size bounds how many walk the index at once. */
  @Override
  public CompletionStage<List<ProducerRecord<byte[], byte[]>>> begin(Event event) {
    if (!(event.body() instanceof Features features)) {
      throw new RejectedException(
          MALFORMED,
          "a %s; expected Features".formatted(event.body().getDescriptorForType().getName()));
    }
    ScoredIndex index = index(features);
    float[] vector = Tensors.floats("features", features.getFeatures(), index.dimension());
    Timer.Sample started = scoreTimer.start();
    Attribution attribution = index.attribute(features, vector);
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

  private ScoredIndex index(Features features) {
    if (features.getGenerationId().isBlank()) {
      throw new RejectedException(MALFORMED, "generation_id is missing");
    }
    if (!SUBJECTS.contains(features.getSubject())) {
      throw new RejectedException(
          MALFORMED,
          "subject is %d; expected STEP, FINAL_IMAGE, TRAJECTORY or AGGREGATE"
              .formatted(features.getSubjectValue()));
    }
    ScoredIndex index = indexes.get(features.getModel());
    if (index == null) {
      throw new RejectedException(
          UNKNOWN_BUNDLE,
          "model is '%s'; this process holds an index for %s"
              .formatted(features.getModel(), String.join(", ", indexes.keySet())));
    }
    index
        .mismatch(provenance(features))
        .ifPresent(
            difference -> {
              throw new RejectedException(
                  PROVENANCE_MISMATCH, "of the index and of the features: " + difference);
            });
    return index;
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
