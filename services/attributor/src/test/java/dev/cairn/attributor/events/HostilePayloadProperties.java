package dev.cairn.attributor.events;

import static dev.cairn.attributor.events.RecordFixtures.record;
import static dev.cairn.attributor.events.RecordFixtures.step;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.cairn.schemas.v1.Tensor;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Whatever bytes arrive, the answer is a message or a rejection: never another exception. */
class HostilePayloadProperties {
  private final EventCodec codec = new EventCodec("/cairn/test", PayloadLimits.DEFAULT);

  @Property
  void random_bytes_as_protobuf(@ForAll EventType type, @ForAll byte[] payload) {
    decodeOrReject(record(payload, "ce_type", type.wireName()));
  }

  @Property
  void random_text_as_json(@ForAll EventType type, @ForAll String payload) {
    decodeOrReject(json(type, payload));
  }

  @Property
  void random_text_as_the_value_of_a_json_field(
      @ForAll EventType type, @ForAll @Size(max = 20) String value) {
    decodeOrReject(json(type, "{\"generationId\":" + value + "}"));
    decodeOrReject(json(type, "{\"step\":" + value + "}"));
  }

  @Property
  void one_changed_byte_in_a_good_payload(
      @ForAll @IntRange(max = 10_000) int position, @ForAll byte value) {
    byte[] payload = step().toByteArray();
    payload[position % payload.length] = value;

    decodeOrReject(record(payload, "ce_type", EventType.GENERATION_STEP.wireName()));
  }

  @Property
  void a_good_payload_cut_anywhere(@ForAll @IntRange(max = 10_000) int length) {
    byte[] payload = step().toByteArray();

    decodeOrReject(
        record(
            Arrays.copyOf(payload, length % payload.length),
            "ce_type",
            EventType.GENERATION_STEP.wireName()));
  }

  @Property
  void random_headers(@ForAll String type, @ForAll String contentType) {
    decodeOrReject(record(new byte[] {1}, "ce_type", type, "content-type", contentType));
  }

  @Property
  void random_tensors(
      @ForAll @IntRange(min = -1, max = 6) int type,
      @ForAll @Size(max = 18) long[] shape,
      @ForAll @Size(max = 64) byte[] data) {
    Tensor.Builder tensor =
        Tensor.newBuilder().setDataTypeValue(type).setData(ByteString.copyFrom(data));
    for (long dimension : shape) {
      tensor.addShape(dimension);
    }
    try {
      assertThat(Tensors.floatsOfAnyShape("x", tensor.build(), 1 << 20))
          .hasSizeLessThanOrEqualTo(32);
    } catch (RejectedException e) {
      assertThat(e.getMessage()).startsWith("x: ");
    }
  }

  private void decodeOrReject(ConsumerRecord<byte[], byte[]> record) {
    try {
      assertThat(codec.decode(record).body()).isNotNull();
    } catch (RejectedException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  private static ConsumerRecord<byte[], byte[]> json(EventType type, String text) {
    return record(
        text.getBytes(UTF_8),
        "ce_type",
        type.wireName(),
        "content-type",
        PayloadFormat.JSON.contentType());
  }
}
