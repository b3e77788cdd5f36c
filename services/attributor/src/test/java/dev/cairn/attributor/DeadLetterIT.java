package dev.cairn.attributor;

import static dev.cairn.attributor.GenerationEvents.record;
import static dev.cairn.attributor.GenerationEvents.step;
import static dev.cairn.attributor.KafkaProbe.header;
import static dev.cairn.attributor.KafkaProbe.key;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.attributor.events.Tensors;
import dev.cairn.runtime.SampledStep;
import dev.cairn.schemas.v1.Features;
import dev.cairn.schemas.v1.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What cannot be processed reaches the dead letters, and nothing else is harmed. */
@ExtendWith(StagesUnderTest.Shared.class)
class DeadLetterIT {
  private final StagesUnderTest stages;

  DeadLetterIT(StagesUnderTest stages) {
    this.stages = stages;
  }

  @Test
  void bad_records_become_dead_letters_while_good_ones_around_them_are_attributed() {
    // Given
    FashionModel.Drawn drawn = stages.model().draw("mixed");
    SampledStep some = drawn.steps().getFirst();
    float[] broken = some.latent().clone();
    broken[18] = Float.NaN;
    List<ProducerRecord<byte[], byte[]>> good = GenerationEvents.all(drawn);
    List<ProducerRecord<byte[], byte[]>> bad =
        List.of(
            record(
                step("bad-shape", some).setLatent(Tensors.of(new float[200], 1, 10, 20)).build()),
            record(step("bad-nan", some).setLatent(GenerationEvents.image(broken)).build()),
            record(step("bad-bundle", some).setModel("sd-15").build()),
            truncated(record(step("bad-bytes", some).build())),
            record(step("bad-timestep", some).setTimestep(1000).build()),
            record(
                step("bad-conditioning", some)
                    .putConditioning("text", Tensor.getDefaultInstance())
                    .build()),
            new ProducerRecord<>(
                GenerationEvents.TOPIC, "bad-headers".getBytes(UTF_8), new byte[] {1}));

    // When
    List<ProducerRecord<byte[], byte[]>> mixed = new ArrayList<>();
    for (int i = 0; i < bad.size(); i++) {
      mixed.add(bad.get(i));
      if (i < good.size()) {
        mixed.add(good.get(i));
      }
    }
    stages.kafka().send(mixed);

    // Then
    assertThat(stages.attributions("mixed", good.size())).hasSize(good.size());
    Map<String, String> letters =
        stages
            .kafka()
            .await(
                StagesUnderTest.DEAD_LETTERS,
                bad.size(),
                r -> key(r).startsWith("bad-") && header(r, "cairn_stage").equals("gradient"))
            .stream()
            .collect(
                Collectors.toMap(
                    KafkaProbe::key,
                    r -> header(r, "cairn_class") + " | " + header(r, "cairn_reason")));
    assertThat(letters)
        .containsEntry(
            "bad-shape", "wrong-shape | latent: expected shape [1, 16, 16], got [1, 10, 20]")
        .containsEntry("bad-nan", "not-finite | latent: element [0, 1, 2] is NaN")
        .containsEntry(
            "bad-bundle", "unknown-bundle | model is 'sd-15'; this process serves fashion-16px")
        .containsEntry(
            "bad-timestep",
            "malformed | timestep is 1000; the schedule of fashion-16px has timesteps 0 to 999")
        .containsEntry(
            "bad-conditioning", "malformed | conditioning [text] is unknown; the model takes []")
        .hasEntrySatisfying(
            "bad-bytes",
            reason -> assertThat(reason).startsWith("malformed | ").contains("GenerationStep"))
        .hasEntrySatisfying(
            "bad-headers",
            reason -> assertThat(reason).startsWith("malformed | header ce_type is missing"));
  }

  @Test
  void features_of_other_gradients_than_the_index_are_refused_naming_both() {
    // Given
    FashionModel.Drawn drawn = stages.model().draw("stranger");
    stages.kafka().send(List.of(record(step("stranger", drawn.steps().getFirst()).build())));
    ConsumerRecord<byte[], byte[]> features =
        stages
            .kafka()
            .await(StagesUnderTest.FEATURES, 1, r -> key(r).equals("stranger"))
            .getFirst();

    // When
    Features.Builder changed =
        StagesUnderTest.features(features).toBuilder().setGenerationId("stranger-2");
    changed.getProvenanceBuilder().setOutputFunction("square");
    stages
        .kafka()
        .send(
            List.of(
                new ProducerRecord<>(
                    StagesUnderTest.FEATURES,
                    null,
                    features.key(),
                    changed.build().toByteArray(),
                    features.headers())));

    // Then
    ConsumerRecord<byte[], byte[]> letter =
        stages
            .kafka()
            .await(StagesUnderTest.DEAD_LETTERS, 1, r -> key(r).equals("stranger"))
            .getFirst();
    assertThat(header(letter, "cairn_class")).isEqualTo("provenance-mismatch");
    assertThat(header(letter, "cairn_reason")).contains("output function", "loss", "square");
    assertThat(header(letter, "cairn_stage")).isEqualTo("score");
  }

  private static ProducerRecord<byte[], byte[]> truncated(ProducerRecord<byte[], byte[]> whole) {
    return new ProducerRecord<>(
        whole.topic(),
        null,
        whole.key(),
        Arrays.copyOf(whole.value(), whole.value().length - 7),
        whole.headers());
  }
}
