package dev.cairn.gateway.publish;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.Message;
import dev.cairn.attributor.events.Event;
import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.EventType;
import dev.cairn.attributor.events.PayloadFormat;
import dev.cairn.attributor.events.PayloadLimits;
import dev.cairn.attributor.events.RejectedException;
import dev.cairn.schemas.v1.DeadLetterClass;
import dev.cairn.schemas.v1.GenerationCompleted;
import dev.cairn.schemas.v1.GenerationStep;
import dev.cairn.streaming.KafkaMeters;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Publishes steps and final images that came as request bodies. Called from worker threads. */
public final class Intake implements AutoCloseable {

  private static final int GIVE_UP_MILLIS = 5_000;
  private static final int LARGEST_REQUEST = 32 << 20;
  private static final int LONGEST_ID = 256;

  private final String topic;
  private final EventCodec codec;
  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaMeters metrics;

  public Intake(
      Map<String, Object> clientProperties, String topic, int bodyBytes, MeterRegistry meters) {
    this.topic = topic;
    PayloadLimits limits = PayloadLimits.DEFAULT;
    this.codec =
        new EventCodec(
            "/cairn/gateway",
            new PayloadLimits(bodyBytes, limits.maxJsonDepth(), limits.maxJsonValues()));
    Map<String, Object> properties = new HashMap<>();
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_REQUEST);
    // A caller is waiting: better a clear answer soon than success after minutes.
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, GIVE_UP_MILLIS);
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, GIVE_UP_MILLIS);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2 * GIVE_UP_MILLIS);
    properties.putAll(clientProperties);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    metrics = KafkaMeters.ofProducer(meters, "gateway", producer::metrics);
  }

  /**
   * Reads a body and sends it.
   *
   * @param traceparent W3C trace context to pass on
   * @return completes once the broker has acknowledged the record
   * @throws RejectedException if the body is no such message
   */
  public CompletableFuture<Published> publish(
      EventType type, String contentType, byte[] body, Optional<String> traceparent) {
    var request = new ConsumerRecord<byte[], byte[]>(topic, 0, 0, null, body);
    request.headers().add("ce_type", type.wireName().getBytes(US_ASCII));
    request.headers().add("content-type", contentType.getBytes(US_ASCII));
    traceparent.ifPresent(t -> request.headers().add("traceparent", t.getBytes(US_ASCII)));
    Event event = codec.decode(request);
    String generationId = requireId("generation_id", generationId(event.body()));
    requireId("model", model(event.body()));
    var record =
        codec.encode(
            topic,
            generationId,
            event.body(),
            System.currentTimeMillis() * 1000,
            PayloadFormat.PROTOBUF,
            event.trace());
    CompletableFuture<Published> published = new CompletableFuture<>();
    producer.send(
        record,
        (metadata, failure) -> {
          if (failure == null) {
            published.complete(new Published(generationId, metadata));
          } else {
            published.completeExceptionally(failure);
          }
        });
    return published;
  }

  /** Where a record went. */
  public record Published(String generationId, RecordMetadata record) {}

  private static String generationId(Message body) {
    return switch (body) {
      case GenerationStep step -> step.getGenerationId();
      case GenerationCompleted completed -> completed.getGenerationId();
      default -> throw new IllegalArgumentException(body.getDescriptorForType().getFullName());
    };
  }

  private static String model(Message body) {
    return switch (body) {
      case GenerationStep step -> step.getModel();
      case GenerationCompleted completed -> completed.getModel();
      default -> throw new IllegalArgumentException(body.getDescriptorForType().getFullName());
    };
  }

  private static String requireId(String field, String id) {
    if (id.isBlank() || id.length() > LONGEST_ID) {
      throw new RejectedException(
          DeadLetterClass.MALFORMED,
          "%s is %s; expected 1 to %d characters"
              .formatted(
                  field,
                  id.isBlank() ? "missing" : "of " + id.length() + " characters",
                  LONGEST_ID));
    }
    return id;
  }

  @Override
  public void close() {
    metrics.close();
    producer.close(Duration.ofMillis(GIVE_UP_MILLIS));
  }
}
