package dev.cairn.attributor;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Message;
import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.PayloadFormat;
import dev.cairn.attributor.events.PayloadLimits;
import dev.cairn.attributor.events.Tensors;
import dev.cairn.runtime.SampledStep;
import dev.cairn.schemas.v1.GenerationCompleted;
import dev.cairn.schemas.v1.GenerationStep;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;

/** What an image service publishes of a generation. */
final class GenerationEvents {
  static final String TOPIC = "cairn.generations";
  static final long TIME_MILLIS = 1_750_000_000_000L;
  static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private static final EventCodec CODEC = new EventCodec("/test", PayloadLimits.DEFAULT);

  private GenerationEvents() {}

  static GenerationStep.Builder step(String id, SampledStep step) {
    return GenerationStep.newBuilder()
        .setGenerationId(id)
        .setModel(FashionModel.ID)
        .setStep(step.step())
        .setStepCount(step.stepCount())
        .setTimestep(step.timestep())
        .setLatent(image(step.latent()))
        .setPrediction(image(step.prediction()))
        .putTags("user", "u-1");
  }

  static GenerationCompleted.Builder completed(FashionModel.Drawn drawn) {
    return GenerationCompleted.newBuilder()
        .setGenerationId(drawn.id())
        .setModel(FashionModel.ID)
        .setStepCount(drawn.steps().size())
        .setImage(image(drawn.image()))
        .putTags("user", "u-1");
  }

  /** Every step, then the completion. */
  static List<ProducerRecord<byte[], byte[]>> all(FashionModel.Drawn drawn) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    drawn.steps().forEach(step -> records.add(record(step(drawn.id(), step).build())));
    records.add(record(completed(drawn).build()));
    return records;
  }

  static ProducerRecord<byte[], byte[]> record(GenerationStep step) {
    return record(step.getGenerationId(), step, PayloadFormat.PROTOBUF);
  }

  static ProducerRecord<byte[], byte[]> record(GenerationCompleted completed) {
    return record(completed.getGenerationId(), completed, PayloadFormat.PROTOBUF);
  }

  /** With a fixed Kafka timestamp, which is the source time of what follows from the record. */
  static ProducerRecord<byte[], byte[]> record(String id, Message message, PayloadFormat format) {
    ProducerRecord<byte[], byte[]> encoded =
        CODEC.encode(
            TOPIC,
            id,
            message,
            TIME_MILLIS * 1000,
            format,
            List.of(new RecordHeader("traceparent", TRACE.getBytes(UTF_8))));
    return new ProducerRecord<>(
        TOPIC, null, TIME_MILLIS, encoded.key(), encoded.value(), encoded.headers());
  }

  static dev.cairn.schemas.v1.Tensor image(float[] values) {
    return Tensors.of(values, 1, 16, 16);
  }
}
