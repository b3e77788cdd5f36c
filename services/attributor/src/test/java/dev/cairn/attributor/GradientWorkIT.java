package dev.cairn.attributor;

import static dev.cairn.attributor.GenerationEvents.completed;
import static dev.cairn.attributor.GenerationEvents.step;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.Message;
import dev.cairn.attributor.events.Event;
import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.PayloadLimits;
import dev.cairn.attributor.events.RejectedException;
import dev.cairn.attributor.events.Tensors;
import dev.cairn.runtime.EngineOptions;
import dev.cairn.runtime.SampledStep;
import dev.cairn.schemas.v1.DataType;
import dev.cairn.schemas.v1.Features;
import dev.cairn.schemas.v1.Subject;
import dev.cairn.schemas.v1.Tensor;
import dev.cairn.streaming.FlowLimits;
import dev.cairn.streaming.StreamOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One event at a time through the real model, without a broker between. */
@ExtendWith(StagesUnderTest.Shared.class)
class GradientWorkIT {
  private static final int IMAGE_BYTES = 16 * 16 * Float.BYTES;

  private final FashionModel.Drawn drawn;
  private final ServedModel served;

  GradientWorkIT(StagesUnderTest stages) {
    drawn = stages.model().draw("alone");
    served = stages.model().served(new EngineOptions(1, 8));
  }

  @Test
  void features_tell_how_they_were_made() throws Exception {
    SampledStep some = drawn.steps().get(2);

    Features ofStep = features(IMAGE_BYTES, step("alone", some).build());
    Features ofImage = features(IMAGE_BYTES, completed(drawn).build());

    assertThat(ofStep.getFeatures().getShapeList()).containsExactly((long) dimension());
    assertThat(ofStep.getSubject()).isEqualTo(Subject.STEP);
    assertThat(ofStep.getProvenance().getTimestepsList()).containsExactly(some.timestep());
    assertThat(ofStep.getProvenance().getDraws()).isEqualTo(FashionModel.DRAWS);
    assertThat(ofImage.getSubject()).isEqualTo(Subject.FINAL_IMAGE);
    assertThat(ofImage.getStep()).isEqualTo(ofImage.getStepCount()).isEqualTo(5);
    assertThat(ofImage.getProvenance().getTimestepsList()).hasSize(4);
    assertThat(ofImage.getProvenance().getDraws()).isOne();
  }

  @Test
  void the_estimate_travels_along_up_to_its_bound() throws Exception {
    SampledStep some = drawn.steps().get(2);

    assertThat(features(IMAGE_BYTES, step("alone", some).build()).getEstimate())
        .isEqualTo(GenerationEvents.image(some.denoised()));
    assertThat(features(IMAGE_BYTES - 1, step("alone", some).build()).hasEstimate()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(names = {"FP16", "BF16"})
  void tensors_of_half_precision_give_the_features_of_the_numbers_that_they_hold(DataType type)
      throws Exception {
    SampledStep some = drawn.steps().get(2);
    Tensor half = Halves.of(some.denoised(), type, 1, 16, 16);
    float[] held = Tensors.floats("half", half, 1, 16, 16);

    Features ofHalf = features(0, step("half", some).setDenoised(half).build());
    Features ofHeld =
        features(0, step("half", some).setDenoised(GenerationEvents.image(held)).build());

    assertThat(held).isNotEqualTo(some.denoised());
    assertThat(ofHalf.getFeatures()).isEqualTo(ofHeld.getFeatures());
  }

  @Test
  void a_model_that_overflows_is_reported_as_such() {
    float[] extreme = new float[256];
    Arrays.fill(extreme, Float.MAX_VALUE);

    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(
            () ->
                features(
                    IMAGE_BYTES,
                    step("alone", drawn.steps().getFirst())
                        .setDenoised(GenerationEvents.image(extreme))
                        .build()))
        .withCauseInstanceOf(RejectedException.class)
        .withMessageContaining("the model overflows");
  }

  @Test
  void another_message_is_refused() {
    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(() -> features(0, Features.getDefaultInstance()))
        .withMessage("a Features; expected a generation's step or completion");
  }

  private int dimension() {
    return served.features().compiled().gradients().featureDimension();
  }

  private Features features(int largestEstimateBytes, Message message) throws Exception {
    CompletableFuture<List<ProducerRecord<byte[], byte[]>>> records =
        work(largestEstimateBytes).begin(new Event(message, 0, List.of())).toCompletableFuture();
    return Features.parseFrom(records.get(60, SECONDS).getFirst().value());
  }

  private GradientWork work(int largestEstimateBytes) {
    var stream =
        new StreamOptions(
            Map.of("bootstrap.servers", "nowhere:9092"),
            "group",
            List.of(GenerationEvents.TOPIC),
            "cairn.dead-letters",
            FlowLimits.defaults(),
            Duration.ofSeconds(1),
            "gradient");
    return new GradientWork(
        new GradientOptions(
            stream,
            "cairn.features",
            1,
            largestEstimateBytes,
            GradientOptions.DEFAULT_DEADLINE,
            PayloadLimits.DEFAULT),
        new GenerationReader(Map.of(FashionModel.ID, served)),
        new EventCodec("/cairn/gradient", PayloadLimits.DEFAULT),
        new SimpleMeterRegistry());
  }
}
