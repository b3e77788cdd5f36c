package dev.cairn.attributor.events;

import static dev.cairn.attributor.events.RecordFixtures.TIME_MILLIS;
import static dev.cairn.attributor.events.RecordFixtures.received;
import static dev.cairn.attributor.events.RecordFixtures.record;
import static dev.cairn.attributor.events.RecordFixtures.step;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cairn.schemas.v1.GenerationCompleted;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EventCodecTest {
  private static final String STEP_TYPE = "dev.cairn.generation.step.v1";

  private final EventCodec codec = new EventCodec("/cairn/test", PayloadLimits.DEFAULT);

  @ParameterizedTest
  @EnumSource(PayloadFormat.class)
  void a_message_survives_the_wire_in_either_format(PayloadFormat format) {
    ProducerRecord<byte[], byte[]> sent = encode(format);

    Event read = codec.decode(received(sent));

    assertThat(read.body()).isEqualTo(step());
    assertThat(read.timeMicros()).isEqualTo(TIME_MILLIS * 1000);
  }

  @Test
  void a_written_record_is_a_cloud_event_in_binary_mode() {
    ProducerRecord<byte[], byte[]> sent = encode(PayloadFormat.PROTOBUF);

    assertThat(new String(sent.key(), UTF_8)).isEqualTo("generation-1");
    assertThat(headers(sent))
        .containsEntry("ce_specversion", "1.0")
        .containsEntry("ce_source", "/cairn/test")
        .containsEntry("ce_type", STEP_TYPE)
        .containsEntry("ce_time", "2025-06-15T15:06:40.123456Z")
        .containsEntry("content-type", "application/protobuf")
        .hasEntrySatisfying("ce_id", id -> assertThat(id).matches("[0-9a-f]{32}"));
  }

  @ParameterizedTest
  @EnumSource(PayloadFormat.class)
  void the_same_message_is_written_the_same_way_twice(PayloadFormat format) {
    ProducerRecord<byte[], byte[]> first = encode(format);
    ProducerRecord<byte[], byte[]> second = encode(format);

    assertThat(second.value()).isEqualTo(first.value());
    assertThat(headers(second)).isEqualTo(headers(first));
  }

  @Test
  void another_step_gets_another_id() {
    var other = step().toBuilder().setStep(4).build();

    assertThat(EventIds.of(other)).isNotEqualTo(EventIds.of(step()));
  }

  @Test
  void json_names_every_scalar_even_at_its_default() {
    String json =
        new String(PayloadFormat.JSON.write(step().toBuilder().setStep(0).build()), UTF_8);

    assertThat(json).contains("\"step\":0").doesNotContain("\n");
  }

  @Test
  void trace_headers_are_copied_through() {
    ConsumerRecord<byte[], byte[]> source =
        record(step().toByteArray(), "ce_type", STEP_TYPE, "traceparent", "00-ab-cd-01");

    Event event = codec.decode(source);
    ProducerRecord<byte[], byte[]> caused =
        codec.encode("cairn.features", "g", event.body(), 0, PayloadFormat.PROTOBUF, event.trace());

    assertThat(headers(caused)).containsEntry("traceparent", "00-ab-cd-01");
  }

  @Test
  void a_plain_producer_needs_only_the_type() {
    Event event = codec.decode(record(step().toByteArray(), "ce_type", STEP_TYPE));

    assertThat(event.body()).isEqualTo(step());
  }

  @Test
  void the_type_header_decides_the_message() {
    var completed = GenerationCompleted.newBuilder().setGenerationId("g").build();

    Event event =
        codec.decode(
            record(completed.toByteArray(), "ce_type", "dev.cairn.generation.completed.v1"));

    assertThat(event.body()).isEqualTo(completed);
  }

  @Test
  void parameters_of_the_content_type_do_not_matter() {
    Event event =
        codec.decode(
            record(
                PayloadFormat.JSON.write(step()),
                "ce_type",
                STEP_TYPE,
                "content-type",
                "Application/JSON; charset=UTF-8"));

    assertThat(event.body()).isEqualTo(step());
  }

  @ParameterizedTest
  @CsvSource({
    "generation-step, dev.cairn.generation.step.v1",
    "generation-completed, dev.cairn.generation.completed.v1",
    "features, dev.cairn.features.v1",
    "attribution, dev.cairn.attribution.v1"
  })
  void the_examples_of_the_topics_description_are_read(String example, String type)
      throws IOException {
    byte[] payload;
    try (InputStream in =
        EventCodecTest.class.getResourceAsStream("/examples/" + example + ".json")) {
      payload = in.readAllBytes();
    }

    Event event =
        codec.decode(record(payload, "ce_type", type, "content-type", "application/json"));

    assertThat(EventType.of(event.body()).wireName()).isEqualTo(type);
  }

  @Test
  void a_missing_type_is_refused_with_the_types_there_are() {
    assertRejected(record(step().toByteArray()), "malformed", "ce_type is missing", STEP_TYPE);
  }

  @Test
  void an_unknown_type_is_refused_by_name() {
    assertRejected(
        record(step().toByteArray(), "ce_type", "dev.cairn.generation.step.v9"),
        "malformed",
        "'dev.cairn.generation.step.v9'",
        STEP_TYPE);
  }

  @Test
  void structured_mode_is_refused_with_what_is_expected() {
    assertRejected(
        record(
            "{}".getBytes(UTF_8),
            "ce_type",
            STEP_TYPE,
            "content-type",
            "application/cloudevents+json"),
        "malformed",
        "content-type is 'application/cloudevents+json'",
        "application/protobuf or application/json");
  }

  @Test
  void another_version_of_the_specification_is_refused() {
    assertRejected(
        record(step().toByteArray(), "ce_type", STEP_TYPE, "ce_specversion", "0.3"),
        "malformed",
        "ce_specversion is '0.3'; expected 1.0");
  }

  @Test
  void a_record_without_payload_is_refused() {
    assertRejected(record(null, "ce_type", STEP_TYPE), "malformed", "no payload");
    assertRejected(record(new byte[0], "ce_type", STEP_TYPE), "malformed", "no payload");
  }

  @Test
  void a_truncated_protobuf_is_refused() {
    byte[] whole = step().toByteArray();

    assertRejected(
        record(Arrays.copyOf(whole, whole.length - 5), "ce_type", STEP_TYPE),
        "malformed",
        "is no cairn.v1.GenerationStep");
  }

  @Test
  void a_payload_beyond_the_limit_is_refused_before_it_is_parsed() {
    var strict = new EventCodec("/cairn/test", new PayloadLimits(8, 16, 100));

    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(() -> strict.decode(record(new byte[9], "ce_type", STEP_TYPE)))
        .withMessage("payload of 9 bytes; at most 8 are accepted")
        .returns("too-large", RejectedException::wireClass);
  }

  @Test
  void a_misspelt_json_field_is_refused_by_name() {
    assertRejected(json("{\"generationId\":\"g\",\"timestap\":3}"), "malformed", "timestap");
  }

  @Test
  void deep_json_is_refused_before_a_parser_sees_it() {
    assertRejected(json("[".repeat(1_000_000)), "malformed", "nested deeper than 16 levels");
    assertRejected(json("{\"a\":".repeat(1_000_000)), "malformed", "nested deeper than 16 levels");
  }

  @Test
  void json_of_countless_values_is_refused() {
    String values = "0,".repeat(200_000);

    assertRejected(
        json("{\"latent\":{\"shape\":[" + values + "0]}}"), "malformed", "more than 100000 values");
  }

  @Test
  void brackets_inside_json_strings_do_not_count() {
    Event event = codec.decode(json("{\"tags\":{\"a\":\"\\\"" + "[{".repeat(50) + "\"}}"));

    assertThat(event.body()).isNotNull();
  }

  @Test
  void a_reason_is_one_bounded_line() {
    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(
            () -> codec.decode(record(new byte[1], "ce_type", "x\ny\u0000" + "z".repeat(9999))))
        .satisfies(
            e -> {
              assertThat(e.getMessage()).hasSizeLessThanOrEqualTo(500);
              assertThat(e.getMessage()).doesNotContainPattern("[\\p{Cntrl}]");
            });
  }

  private ProducerRecord<byte[], byte[]> encode(PayloadFormat format) {
    return codec.encode(
        "cairn.generations",
        "generation-1",
        step(),
        1_750_000_000_123_456L,
        format,
        List.<Header>of(new RecordHeader("traceparent", "00-a-b-01".getBytes(UTF_8))));
  }

  private void assertRejected(
      ConsumerRecord<byte[], byte[]> record, String wireClass, String... inReason) {
    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(() -> codec.decode(record))
        .returns(wireClass, RejectedException::wireClass)
        .satisfies(e -> assertThat(e.getMessage()).contains(inReason));
  }

  private static ConsumerRecord<byte[], byte[]> json(String text) {
    return record(text.getBytes(UTF_8), "ce_type", STEP_TYPE, "content-type", "application/json");
  }

  private static Map<String, String> headers(ProducerRecord<byte[], byte[]> record) {
    return StreamSupport.stream(record.headers().spliterator(), false)
        .collect(Collectors.toMap(Header::key, h -> new String(h.value(), UTF_8)));
  }
}
