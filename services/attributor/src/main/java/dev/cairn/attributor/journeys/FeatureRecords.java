package dev.cairn.attributor.journeys;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.PayloadFormat;
import dev.cairn.attributor.events.RejectedException;
import dev.cairn.attributor.events.Tensors;
import dev.cairn.schemas.v1.Features;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.processor.api.Record;

/** Features ⇄ records of Kafka Streams, as the codec knows them. */
record FeatureRecords(String topic, EventCodec codec) {

  /** Features and their vector. */
  record Vector(Features features, float[] values) {}

  /**
   * The features in a record; empty for one that is not in order. The scoring stage reads the same
   * topic and makes a dead letter of it; two would be one too many.
   */
  Optional<Vector> read(Record<byte[], byte[]> record) {
    try {
      var received =
          new ConsumerRecord<>(
              topic,
              0,
              0,
              record.timestamp(),
              TimestampType.CREATE_TIME,
              -1,
              -1,
              record.key(),
              record.value(),
              record.headers(),
              Optional.empty());
      if (codec.decode(received).body() instanceof Features features
          && !features.getGenerationId().isBlank()) {
        int dimension = features.getProvenance().getFeatureDimension();
        return Optional.of(
            new Vector(features, Tensors.floats("features", features.getFeatures(), dimension)));
      }
    } catch (RejectedException _) {
      // As above.
    }
    return Optional.empty();
  }

  Record<byte[], byte[]> write(Features features, long timestamp) {
    ProducerRecord<byte[], byte[]> encoded =
        codec.encode(
            topic,
            features.getGenerationId(),
            features,
            features.getSourceTimeMicros(),
            PayloadFormat.PROTOBUF,
            List.of());
    return new Record<>(
        features.getGenerationId().getBytes(UTF_8), encoded.value(), timestamp, encoded.headers());
  }
}
