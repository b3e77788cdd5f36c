package dev.cairn.attributor.journeys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.PayloadFormat;
import dev.cairn.attributor.events.PayloadLimits;
import dev.cairn.attributor.events.Tensors;
import dev.cairn.schemas.v1.FeatureProvenance;
import dev.cairn.schemas.v1.Features;
import dev.cairn.schemas.v1.Subject;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JourneyTopologyTest {
  private static final String TOPIC = "features";
  private static final Instant START = Instant.parse("2026-01-01T10:00:00Z");
  private static final EventCodec CODEC = new EventCodec("/cairn/test", PayloadLimits.DEFAULT);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private TopologyTestDriver driver;
  private TestInputTopic<byte[], byte[]> input;
  private TestOutputTopic<byte[], byte[]> output;

  @BeforeEach
  void open() {
    JourneyOptions options =
        new JourneyOptions(
            Map.of("bootstrap.servers", "nowhere:9092"),
            "journeys",
            TOPIC,
            Duration.ofMinutes(10),
            Set.of("prompt"),
            Duration.ofMinutes(5),
            Duration.ofSeconds(30));
    Properties properties = JourneyStage.properties(options);
    driver = new TopologyTestDriver(JourneyTopology.of(options, meters), properties, START);
    input = driver.createInputTopic(TOPIC, new ByteArraySerializer(), new ByteArraySerializer());
    output =
        driver.createOutputTopic(TOPIC, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @AfterEach
  void close() {
    driver.close();
  }

  @Test
  void the_mean_over_a_generation_comes_when_its_last_step_is_there() {
    // When
    send(step("g", 0, 3, 900, 1, 2));
    send(step("g", 1, 3, 500, 4, 2));
    assertThat(output.isEmpty()).isTrue();
    send(step("g", 2, 3, 100, 4, 5));

    // Then
    Features mean = received().getFirst();
    assertThat(Tensors.floats("features", mean.getFeatures(), 2)).containsExactly(3, 3);
    assertThat(mean.getSubject()).isEqualTo(Subject.TRAJECTORY);
    assertThat(mean.getGenerationId()).isEqualTo("g");
    assertThat(mean.getModel()).isEqualTo("m");
    assertThat(mean.getStepCount()).isEqualTo(3);
    assertThat(mean.getAveraged()).isEqualTo(3);
    assertThat(mean.getIncomplete()).isFalse();
    assertThat(mean.getTagsMap()).containsEntry("prompt", "a cat");
    assertThat(mean.getProvenance().getTimestepsList()).containsExactly(100, 500, 900);
    assertThat(mean.getProvenance().getBundleDigest()).isEqualTo("bundle");
    assertThat(mean.hasEstimate()).isFalse();
  }

  @Test
  void order_and_repetition_do_not_change_the_bits() {
    // Given
    List<Features> steps =
        List.of(
            step("a", 0, 3, 900, 1e8f, 0.1f),
            step("a", 1, 3, 500, 1.25f, 1e-9f),
            step("a", 2, 3, 100, -1e8f, 3));

    // When
    steps.forEach(this::send);
    for (int i : new int[] {2, 0, 2, 0, 1}) {
      send(steps.get(i).toBuilder().setGenerationId("b").build());
    }

    // Then
    List<Features> means = received();
    assertThat(means).hasSize(2);
    assertThat(means.get(1).getFeatures()).isEqualTo(means.get(0).getFeatures());
  }

  @Test
  void a_final_image_shortens_the_wait_for_a_step_that_became_a_dead_letter() {
    // Given
    send(step("g", 0, 3, 900, 1, 1));
    send(step("g", 2, 3, 100, 3, 3));
    send(finalImage("g"));
    pass(Duration.ofSeconds(100));
    assertThat(output.isEmpty()).isTrue();

    // When
    pass(Duration.ofSeconds(30));

    // Then
    Features mean = received().getFirst();
    assertThat(mean.getIncomplete()).isTrue();
    assertThat(mean.getAveraged()).isEqualTo(2);
    assertThat(Tensors.floats("features", mean.getFeatures(), 2)).containsExactly(2, 2);
  }

  @Test
  void a_step_that_its_final_image_overtook_is_part_of_the_mean() {
    // Given
    send(step("g", 0, 2, 900, 1, 1));
    send(finalImage("g"));
    pass(Duration.ofSeconds(90));

    // When
    send(step("g", 1, 2, 100, 3, 3));

    // Then
    assertThat(received()).singleElement().returns(false, Features::getIncomplete);
  }

  @Test
  void a_generation_that_is_never_completed_comes_after_the_time_out() {
    // Given
    send(step("g", 0, 3, 900, 1, 1));
    pass(Duration.ofMinutes(9));
    send(step("g", 1, 3, 500, 2, 2));
    pass(Duration.ofMinutes(9));
    assertThat(output.isEmpty()).isTrue();

    // When
    pass(Duration.ofMinutes(2));

    // Then
    assertThat(received()).singleElement().returns(true, Features::getIncomplete);
    assertThat(
            meters
                .get("cairn.journeys.emitted")
                .tags("subject", "trajectory", "incomplete", "true")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void what_was_emitted_does_not_begin_anew_when_a_step_is_repeated() {
    // Given
    send(step("g", 0, 1, 900, 1, 1));
    assertThat(received()).hasSize(1);

    // When
    send(step("g", 0, 1, 900, 1, 1));
    send(finalImage("g"));
    pass(Duration.ofMinutes(30));

    // Then
    assertThat(received()).extracting(Features::getSubject).doesNotContain(Subject.TRAJECTORY);
  }

  @Test
  void features_that_were_made_differently_are_not_averaged() {
    // When
    send(step("g", 0, 2, 900, 1, 1));
    Features other = step("g", 1, 2, 500, 3, 3);
    send(
        other.toBuilder()
            .setProvenance(other.getProvenance().toBuilder().setBundleDigest("another"))
            .build());
    pass(Duration.ofMinutes(11));

    // Then
    assertThat(received())
        .hasSize(2)
        .allSatisfy(mean -> assertThat(mean.getAveraged()).isEqualTo(1));
  }

  @Test
  void what_is_no_features_is_left_to_the_scoring_stage() {
    input.pipeInput("k".getBytes(UTF_8), new byte[] {1, 2, 3});
    send(step("g", 7, 3, 900, 1, 1));
    send(step("", 0, 1, 900, 1, 1));
    pass(Duration.ofMinutes(11));
    assertThat(output.isEmpty()).isTrue();
  }

  @Test
  void a_window_closes_when_the_records_time_has_passed_it() {
    // Given
    send(at(START.plusSeconds(10), step("a", 0, 1, 900, 1, 1)));
    send(at(START.plusSeconds(20), step("b", 0, 1, 900, 3, 3)));
    assertThat(received()).hasSize(2);

    // When
    send(at(START.plusSeconds(340), step("c", 0, 1, 900, 9, 9)));
    pass(Duration.ofSeconds(1));

    // Then
    List<Features> means =
        received().stream().filter(f -> f.getSubject() == Subject.AGGREGATE).toList();
    assertThat(means).hasSize(1);
    Features mean = means.getFirst();
    assertThat(mean.getGenerationId()).isEqualTo("prompt=a cat/2026-01-01T10:00:00Z/PT5M");
    assertThat(mean.getAveraged()).isEqualTo(2);
    assertThat(Tensors.floats("features", mean.getFeatures(), 2)).containsExactly(2, 2);
    assertThat(mean.getTagsMap()).containsExactly(Map.entry("prompt", "a cat"));

    // When
    send(at(START.plusSeconds(30), step("late", 0, 1, 900, 1, 1)));
    pass(Duration.ofSeconds(1));

    // Then
    assertThat(received()).extracting(Features::getSubject).containsExactly(Subject.TRAJECTORY);
    assertThat(meters.get("cairn.journeys.late").counter().count()).isEqualTo(1);
  }

  @Test
  void a_window_closes_by_the_clock_when_nothing_more_comes() {
    // Given
    send(at(START.plusSeconds(10), step("a", 0, 1, 900, 1, 1)));
    assertThat(received()).hasSize(1);

    // When
    pass(Duration.ofSeconds(329));
    assertThat(output.isEmpty()).isTrue();
    pass(Duration.ofSeconds(2));

    // Then
    assertThat(received()).extracting(Features::getSubject).containsExactly(Subject.AGGREGATE);
  }

  @Test
  void an_incomplete_generation_is_no_part_of_a_window() {
    send(at(START, step("a", 0, 2, 900, 1, 1)));
    send(finalImage("a"));
    pass(Duration.ofHours(1));
    assertThat(received()).extracting(Features::getSubject).containsExactly(Subject.TRAJECTORY);
  }

  @Test
  void a_clock_that_jumps_gives_up_no_generation() {
    // Given
    send(step("g", 0, 2, 900, 1, 2));
    pass(Duration.ofMinutes(1));

    // When
    driver.advanceWallClockTime(Duration.ofDays(1));
    pass(Duration.ofMinutes(8));
    assertThat(output.isEmpty()).isTrue();
    send(step("g", 1, 2, 500, 3, 4));

    // Then
    assertThat(received().getFirst().getIncomplete()).isFalse();
  }

  @Test
  void a_generation_that_is_silent_after_a_jump_of_the_clock_is_given_up_all_the_same() {
    // Given
    pass(Duration.ofMinutes(1));
    driver.advanceWallClockTime(Duration.ofDays(1));
    send(step("g", 0, 2, 900, 1, 2));

    // When
    pass(Duration.ofMinutes(11));

    // Then
    assertThat(received().getFirst().getIncomplete()).isTrue();
  }

  /** As clocks do, a second at a time. */
  private void pass(Duration time) {
    for (long second = 0; second < time.toSeconds(); second++) {
      driver.advanceWallClockTime(Duration.ofSeconds(1));
    }
  }

  private void send(Features features) {
    ProducerRecord<byte[], byte[]> encoded =
        CODEC.encode(
            TOPIC, features.getGenerationId(), features, 0, PayloadFormat.PROTOBUF, List.of());
    input.pipeInput(new TestRecord<>(encoded.key(), encoded.value(), encoded.headers()));
  }

  private List<Features> received() {
    return output.readRecordsToList().stream()
        .map(
            record ->
                new FeatureRecords(TOPIC, CODEC)
                    .read(new Record<>(record.key(), record.value(), 0, record.headers()))
                    .orElseThrow()
                    .features())
        .toList();
  }

  private static Features at(Instant time, Features features) {
    return features.toBuilder().setSourceTimeMicros(time.toEpochMilli() * 1000).build();
  }

  private static Features step(String id, int step, int count, int timestep, float... vector) {
    return Features.newBuilder()
        .setGenerationId(id)
        .setModel("m")
        .setSubject(Subject.STEP)
        .setStep(step)
        .setStepCount(count)
        .setTimestep(timestep)
        .setFeatures(Tensors.of(vector, vector.length))
        .setEstimate(Tensors.of(vector, vector.length))
        .putTags("prompt", "a cat")
        .putTags("user", "u")
        .setSourceTimeMicros(START.toEpochMilli() * 1000)
        .setProvenance(provenance(vector.length, timestep))
        .build();
  }

  private static Features finalImage(String id) {
    return step(id, 3, 3, 0, 7, 7).toBuilder().setSubject(Subject.FINAL_IMAGE).build();
  }

  private static FeatureProvenance provenance(int dimension, int timestep) {
    return FeatureProvenance.newBuilder()
        .setBundleDigest("bundle")
        .setGradientsDigest("gradients")
        .setOutputFunction("loss")
        .setFeatureDimension(dimension)
        .setDraws(20)
        .addTimesteps(timestep)
        .build();
  }
}
