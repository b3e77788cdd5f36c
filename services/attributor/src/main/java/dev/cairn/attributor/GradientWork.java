package dev.cairn.attributor;

import static dev.cairn.schemas.v1.DeadLetterClass.MALFORMED;
import static dev.cairn.schemas.v1.DeadLetterClass.NOT_FINITE;

import dev.cairn.attributor.events.Event;
import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.PayloadFormat;
import dev.cairn.attributor.events.RejectedException;
import dev.cairn.attributor.events.Tensors;
import dev.cairn.runtime.FeatureExtractor;
import dev.cairn.schemas.v1.Features;
import dev.cairn.schemas.v1.GenerationCompleted;
import dev.cairn.schemas.v1.GenerationStep;
import dev.cairn.schemas.v1.Subject;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What the gradient stage does with one event (METHOD §4). */
final class GradientWork implements RecordPipeline.Work {
  private final GradientOptions options;
  private final Current<GenerationReader> readers;
  private final EventCodec codec;
  private final SubjectTimer timer;

  GradientWork(
      GradientOptions options, GenerationReader reader, EventCodec codec, MeterRegistry meters) {
    this.options = options;
    this.readers = new Current<>(reader);
    this.codec = codec;
    this.timer =
        new SubjectTimer(
            meters,
            "cairn.gradient.seconds",
            "From a checked event to its features, waiting for the micro-batch included",
            EnumSet.of(Subject.STEP, Subject.FINAL_IMAGE));
  }

  /** Records that begin from now on are read for other models; completes with the last before. */
  CompletableFuture<Void> read(GenerationReader next) {
    return readers.replace(next);
  }

  @Override
  public CompletionStage<List<ProducerRecord<byte[], byte[]>>> begin(Event event) {
    Current.Lease<GenerationReader> lease = readers.lease();
    try {
      return begin(event, lease.value()).whenComplete((_, _) -> lease.close());
    } catch (RuntimeException | Error e) {
      lease.close();
      throw e;
    }
  }

  private CompletionStage<List<ProducerRecord<byte[], byte[]>>> begin(
      Event event, GenerationReader reader) {
    return switch (event.body()) {
      case GenerationStep step -> step(event, reader.step(step), step);
      case GenerationCompleted completed ->
          completed(event, reader.completed(completed), completed);
      default ->
          throw new RejectedException(
              MALFORMED,
              "a %s; expected a generation's step or completion"
                  .formatted(event.body().getDescriptorForType().getName()));
    };
  }

  private CompletionStage<List<ProducerRecord<byte[], byte[]>>> step(
      Event event, GenerationReader.Step input, GenerationStep step) {
    FeatureExtractor extractor = input.model().features();
    int timestep = step.getTimestep();
    float[] estimate = Estimates.of(input, timestep);
    Features.Builder features =
        Features.newBuilder()
            .setGenerationId(step.getGenerationId())
            .setModel(step.getModel())
            .setSubject(Subject.STEP)
            .setStep(step.getStep())
            .setStepCount(step.getStepCount())
            .setTimestep(timestep)
            .setProvenance(Provenances.toWire(extractor.stepProvenance(timestep, input.region())))
            .putAllTags(step.getTagsMap());
    if (step.hasMask() && step.getMask().getData().size() <= options.largestEstimateBytes()) {
      features.setMask(step.getMask());
    }
    return emit(
        event,
        features,
        input.model(),
        estimate,
        () ->
            extractor.step(
                step.getGenerationId(), estimate, timestep, input.conditioning(), input.region()));
  }

  /** A final image stands after the last step: step = step_count, timestep 0. */
  private CompletionStage<List<ProducerRecord<byte[], byte[]>>> completed(
      Event event, GenerationReader.Image input, GenerationCompleted completed) {
    FeatureExtractor extractor = input.model().features();
    Features.Builder features =
        Features.newBuilder()
            .setGenerationId(completed.getGenerationId())
            .setModel(completed.getModel())
            .setSubject(Subject.FINAL_IMAGE)
            .setStep(completed.getStepCount())
            .setStepCount(completed.getStepCount())
            .setProvenance(Provenances.toWire(extractor.imageProvenance()))
            .putAllTags(completed.getTagsMap());
    return emit(
        event,
        features,
        input.model(),
        input.image(),
        () -> extractor.image(completed.getGenerationId(), input.image(), input.conditioning()));
  }

  /** Computes a feature vector. */
  private interface Gradient {
    CompletableFuture<float[]> begin();
  }

  private CompletionStage<List<ProducerRecord<byte[], byte[]>>> emit(
      Event event,
      Features.Builder features,
      ServedModel model,
      float[] estimate,
      Gradient gradient) {
    features.setSourceTimeMicros(event.timeMicros());
    if ((long) estimate.length * Float.BYTES <= options.largestEstimateBytes()) {
      features.setEstimate(Tensors.of(estimate, model.sampleShape()));
    }
    Timer.Sample started = timer.start();
    return gradient
        .begin()
        .thenApply(
            vector -> {
              timer.stop(started, features.getSubject());
              requireFinite(vector);
              features.setFeatures(Tensors.of(vector, vector.length));
              return List.of(
                  codec.encode(
                      options.featuresTopic(),
                      features.getGenerationId(),
                      features.build(),
                      event.timeMicros(),
                      PayloadFormat.PROTOBUF,
                      event.trace()));
            });
  }

  /** Finite inputs can overflow inside the model; an undefined feature must not reach an index. */
  private static void requireFinite(float[] vector) {
    for (int i = 0; i < vector.length; i++) {
      if (!Float.isFinite(vector[i])) {
        throw new RejectedException(
            NOT_FINITE,
            "feature %d is %s although the inputs are finite: the model overflows at them"
                .formatted(i, vector[i]));
      }
    }
  }
}
