package dev.cairn.attributor.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.cairn.schemas.v1.GenerationStep;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Records as a consumer would receive them. */
final class RecordFixtures {
  static final long TIME_MILLIS = 1_750_000_000_123L;

  private RecordFixtures() {}

  static GenerationStep step() {
    return GenerationStep.newBuilder()
        .setGenerationId("generation-1")
        .setModel("fashion-16px")
        .setStep(3)
        .setStepCount(50)
        .setTimestep(940)
        .setLatent(Tensors.of(new float[] {0.5f, -1, 2, 0}, 1, 2, 2))
        .putTags("prompt", "a boot")
        .putTags("a", "first")
        .build();
  }

  /** A record with these headers: name, value, name, value. */
  static ConsumerRecord<byte[], byte[]> record(byte[] value, String... headers) {
    var recordHeaders = new RecordHeaders();
    for (int i = 0; i < headers.length; i += 2) {
      recordHeaders.add(headers[i], headers[i + 1].getBytes(UTF_8));
    }
    return new ConsumerRecord<>(
        "cairn.generations",
        0,
        0,
        TIME_MILLIS,
        TimestampType.CREATE_TIME,
        -1,
        -1,
        "generation-1".getBytes(UTF_8),
        value,
        recordHeaders,
        Optional.empty());
  }

  static ConsumerRecord<byte[], byte[]> received(ProducerRecord<byte[], byte[]> sent) {
    return new ConsumerRecord<>(
        sent.topic(),
        0,
        0,
        TIME_MILLIS,
        TimestampType.CREATE_TIME,
        -1,
        -1,
        sent.key(),
        sent.value(),
        sent.headers(),
        Optional.empty());
  }
}
