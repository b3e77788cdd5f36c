package dev.cairn.attributor;

import static dev.cairn.attributor.GenerationEvents.record;
import static dev.cairn.attributor.GenerationEvents.step;
import static dev.cairn.attributor.KafkaProbe.header;
import static dev.cairn.attributor.KafkaProbe.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.cairn.attributor.events.PayloadFormat;
import dev.cairn.attributor.events.Tensors;
import dev.cairn.runtime.SampledStep;
import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.DataType;
import dev.cairn.schemas.v1.ExampleScore;
import dev.cairn.schemas.v1.GroupScore;
import dev.cairn.schemas.v1.Subject;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Good generations, from their records to their attributions. */
@ExtendWith(StagesUnderTest.Shared.class)
class StepAttributionIT {
  private final StagesUnderTest stages;

  StepAttributionIT(StagesUnderTest stages) {
    this.stages = stages;
  }

  @Test
  void steps_of_half_precision_are_attributed_through_the_stream() {
    SampledStep some = stages.model().draw("halves").steps().get(1);
    stages
        .kafka()
        .send(
            List.of(
                record(
                    step("halves-fp16", some)
                        .setDenoised(Halves.of(some.denoised(), DataType.FP16, 1, 16, 16))
                        .build()),
                record(
                    step("halves-bf16", some)
                        .setDenoised(Halves.of(some.denoised(), DataType.BF16, 1, 16, 16))
                        .build())));

    assertThat(stages.attributions("halves-fp16", 1)).hasSize(1);
    assertThat(stages.attributions("halves-bf16", 1)).hasSize(1);
  }

  @Test
  void a_generation_is_attributed_step_by_step_and_as_a_whole() {
    FashionModel.Drawn drawn = stages.model().draw("whole");

    stages.kafka().send(GenerationEvents.all(drawn));

    List<Attribution> results = stages.attributions("whole", drawn.steps().size() + 1);
    assertThat(results).extracting(Attribution::getStep).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(results)
        .extracting(Attribution::getSubject)
        .containsExactly(
            Subject.STEP,
            Subject.STEP,
            Subject.STEP,
            Subject.STEP,
            Subject.STEP,
            Subject.FINAL_IMAGE);
    assertThat(results)
        .extracting(Attribution::getTimestep)
        .startsWith(drawn.steps().stream().map(SampledStep::timestep).toArray(Integer[]::new));
    assertThat(results).extracting(Attribution::getResultId).doesNotHaveDuplicates();
    assertThat(results)
        .allSatisfy(
            result -> {
              assertThat(result.getTagsMap()).containsOnly(Map.entry("user", "u-1"));
              assertThat(result.getSourceTimeMicros())
                  .isEqualTo(GenerationEvents.TIME_MILLIS * 1000);
              assertThat(result.getProvenance().getIndexDigest())
                  .isEqualTo(stages.model().index().digest());
              assertThat(result.getProvenance().getFeatures().getBundleDigest())
                  .isEqualTo(stages.model().bundle().digest());
            });
  }

  @Test
  void an_attribution_names_the_extremes_and_sums_up_the_rest() {
    FashionModel.Drawn drawn = stages.model().draw("extremes");

    stages.kafka().send(GenerationEvents.all(drawn));

    Attribution result = stages.attributions("extremes", drawn.steps().size() + 1).getLast();
    assertThat(result.getTopPositiveList())
        .hasSize(10)
        .isSortedAccordingTo(Comparator.comparing(ExampleScore::getScore).reversed());
    assertThat(result.getTopNegativeList())
        .hasSize(10)
        .isSortedAccordingTo(Comparator.comparing(ExampleScore::getScore));
    assertThat(result.getTopPositive(0).getScore()).isEqualTo(result.getSummary().getMax());
    assertThat(result.getTopNegative(0).getScore()).isEqualTo(result.getSummary().getMin());
    assertThat(result.getSummary().getCount()).isEqualTo(40);
    assertThat(result.getGroupsList())
        .extracting(GroupScore::getMembers)
        .containsOnly(10)
        .hasSize(4);
    assertThat(result.getGroupsList().stream().mapToDouble(GroupScore::getSum).sum())
        .isCloseTo(result.getSummary().getSum(), withPercentage(1e-6));
    assertThat(result.getEstimate()).isEqualTo(GenerationEvents.image(drawn.image()));
  }

  @Test
  void a_training_image_attributes_to_itself() {
    // Given
    String example = stages.model().index().example(17).id();
    float[] image = stages.model().trainingImage(17);
    var completed = GenerationEvents.completed(new FashionModel.Drawn(example, List.of(), image));

    // When
    stages.kafka().send(List.of(record(completed.build())));

    // Then
    Attribution result = stages.attributions(example, 1).getFirst();
    assertThat(result.getTopPositive(0).getIndex()).isEqualTo(17);
  }

  @Test
  void it_does_not_matter_how_a_step_is_told() {
    // Given
    SampledStep some = stages.model().draw("told").steps().get(2);

    // When
    stages
        .kafka()
        .send(
            List.of(
                record(step("told", some).build()),
                record("told", step("told", some).setStep(0).build(), PayloadFormat.JSON),
                record(step("told", some).setStep(1).clearPrediction().build()),
                record(
                    step("told", some)
                        .setStep(3)
                        .clearLatent()
                        .clearPrediction()
                        .setDenoised(GenerationEvents.image(some.denoised()))
                        .build())));

    // Then
    assertThat(stages.kafka().await(StagesUnderTest.FEATURES, 4, r -> key(r).equals("told")))
        .extracting(r -> StagesUnderTest.features(r).getFeatures())
        .containsOnly(stages.features("told").getFeatures());
  }

  @Test
  void a_region_is_attributed_by_itself_and_regions_add_up_to_the_whole() {
    // Given: the whole, its upper half, and its lower half
    SampledStep some = stages.model().draw("regions").steps().get(2);
    float[] upper = new float[256];
    float[] lower = new float[256];
    Arrays.fill(upper, 0, 128, 1);
    Arrays.fill(lower, 128, 256, 1);

    // When
    stages
        .kafka()
        .send(
            List.of(
                record(step("regions", some).build()),
                record(step("regions", some).setMask(Tensors.of(upper, 16, 16)).build()),
                record(step("regions", some).setMask(Tensors.of(lower, 1, 16, 16)).build())));

    // Then
    List<float[]> features =
        stages.kafka().await(StagesUnderTest.FEATURES, 3, r -> key(r).equals("regions")).stream()
            .map(StagesUnderTest::features)
            .map(
                f ->
                    Tensors.floats(
                        "features", f.getFeatures(), f.getProvenance().getFeatureDimension()))
            .toList();
    float[] whole = features.get(0);
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < whole.length; i++) {
      largest = Math.max(largest, Math.abs(whole[i]));
      double mean = (features.get(1)[i] + features.get(2)[i]) / 2;
      difference = Math.max(difference, Math.abs(whole[i] - mean));
    }
    assertThat(difference).isLessThan(1e-4 * largest);
    List<Attribution> results = stages.attributions("regions", 3);
    assertThat(results).extracting(Attribution::getResultId).doesNotHaveDuplicates();
    assertThat(results.get(1).getMask()).isEqualTo(Tensors.of(upper, 16, 16));
    assertThat(results)
        .extracting(r -> r.getProvenance().getFeatures().getOutputFunction().split(":")[0])
        .containsExactly("loss", "masked-loss", "masked-loss");
  }

  @Test
  void headers_tell_where_a_result_comes_from() {
    FashionModel.Drawn drawn = stages.model().draw("headers");

    stages.kafka().send(List.of(record(step("headers", drawn.steps().getFirst()).build())));

    ConsumerRecord<byte[], byte[]> result =
        stages
            .kafka()
            .await(StagesUnderTest.ATTRIBUTIONS, 1, r -> key(r).equals("headers"))
            .getFirst();
    assertThat(header(result, "traceparent")).isEqualTo(GenerationEvents.TRACE);
    assertThat(header(result, "ce_type")).isEqualTo("dev.cairn.attribution.v1");
    assertThat(header(result, "ce_source")).isEqualTo("/cairn/score");
    assertThat(header(result, "ce_id"))
        .isEqualTo(StagesUnderTest.attribution(result).getResultId());
    assertThat(header(result, "ce_time")).isEqualTo("2025-06-15T15:06:40Z");
    assertThat(header(result, "content-type")).isEqualTo("application/protobuf");
  }

  @Test
  void the_time_of_each_stage_is_measured() {
    stages.kafka().send(GenerationEvents.all(stages.model().draw("measured")));
    stages.attributions("measured", 6);

    for (String timer :
        List.of("cairn.gradient.seconds", "cairn.score.seconds", "cairn.end.to.end.seconds")) {
      assertThat(stages.meters().get(timer).tag("subject", "step").timer().count()).isPositive();
      assertThat(stages.meters().get(timer).tag("subject", "final-image").timer().count())
          .isPositive();
    }
  }
}
