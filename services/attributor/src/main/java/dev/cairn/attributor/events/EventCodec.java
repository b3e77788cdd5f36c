package dev.cairn.attributor.events;

import static dev.cairn.schemas.v1.DeadLetterClass.MALFORMED;
import static dev.cairn.schemas.v1.DeadLetterClass.TOO_LARGE;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Message;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Kafka records ⇄ messages, as CloudEvents 1.0 in binary mode. Safe for use by many threads.
 *
 * <p>Writing is complete and deterministic: ce_id is derived from the content, ce_time is the time
 * of the source record, so that a replay writes the same record, headers included. Reading is
 * lenient where nothing is lost by it: only ce_type is required, so that a plain producer need not
 * know CloudEvents; that is also why the library's strict reader is not used here.
 */
public final class EventCodec {
  private static final List<String> TRACE_HEADERS = List.of("traceparent", "tracestate");
  private static final int LONGEST_TRACE_HEADER = 512;

  private final URI source;
  private final PayloadLimits limits;
  private final PayloadReferences references;

  /**
   * @param source value of the header ce_source of what is written, for example /cairn/gradient
   */
  public EventCodec(String source, PayloadLimits limits) {
    this.source = URI.create(source);
    this.limits = limits;
    this.references = new PayloadReferences(limits);
  }

  /**
   * Reads a record. Blocks where its payload has to be fetched from elsewhere.
   *
   * @throws RejectedException malformed, saying which header or which part of the payload is wrong
   *     and what is expected; too-large; timeout where a payload by reference cannot be fetched
   */
  public Event decode(ConsumerRecord<byte[], byte[]> record) {
    String version = header(record, "ce_specversion");
    if (version != null && !version.equals("1.0")) {
      throw new RejectedException(
          MALFORMED, "header ce_specversion is '%s'; expected 1.0".formatted(version));
    }
    EventType type = type(record);
    PayloadFormat format = format(record);
    byte[] payload = record.value();
    if (payload == null || payload.length == 0) {
      String reference = header(record, "ce_dataref");
      if (reference != null) {
        byte[] fetched = references.fetch(reference, header(record, "ce_datadigest"));
        Message body = format.parse(type.prototype(), fetched, limits);
        return new Event(body, Math.max(0, record.timestamp()) * 1000, trace(record));
      }
      throw new RejectedException(
          MALFORMED, "the record has no payload; expected a %s".formatted(type.wireName()));
    }
    if (payload.length > limits.maxBytes()) {
      throw new RejectedException(
          TOO_LARGE,
          "payload of %d bytes; at most %d are accepted"
              .formatted(payload.length, limits.maxBytes()));
    }
    Message body = format.parse(type.prototype(), payload, limits);
    return new Event(body, Math.max(0, record.timestamp()) * 1000, trace(record));
  }

  /**
   * @param key the generation id, which keeps a generation's records in one partition
   * @param timeMicros when what the event tells of happened, microseconds since the epoch
   * @param trace trace headers of the event that caused this one
   */
  public ProducerRecord<byte[], byte[]> encode(
      String topic,
      String key,
      Message body,
      long timeMicros,
      PayloadFormat format,
      List<Header> trace) {
    var event =
        CloudEventBuilder.v1()
            .withId(EventIds.of(body))
            .withSource(source)
            .withType(EventType.of(body).wireName())
            .withTime(Instant.EPOCH.plus(timeMicros, ChronoUnit.MICROS).atOffset(ZoneOffset.UTC))
            .withDataContentType(format.contentType())
            .withData(format.write(body))
            .build();
    ProducerRecord<byte[], byte[]> record =
        KafkaMessageFactory.<byte[]>createWriter(topic, key.getBytes(UTF_8)).writeBinary(event);
    trace.forEach(record.headers()::add);
    return record;
  }

  private static EventType type(ConsumerRecord<byte[], byte[]> record) {
    String name = header(record, "ce_type");
    if (name == null) {
      throw new RejectedException(
          MALFORMED, "header ce_type is missing; expected one of " + knownTypes());
    }
    return EventType.named(name)
        .orElseThrow(
            () ->
                new RejectedException(
                    MALFORMED,
                    "header ce_type is '%s'; expected one of %s".formatted(name, knownTypes())));
  }

  private static String knownTypes() {
    return Arrays.stream(EventType.values())
        .map(EventType::wireName)
        .collect(Collectors.joining(", "));
  }

  private static PayloadFormat format(ConsumerRecord<byte[], byte[]> record) {
    String contentType = header(record, "content-type");
    return contentType == null ? PayloadFormat.PROTOBUF : PayloadFormat.of(contentType);
  }

  private static List<Header> trace(ConsumerRecord<byte[], byte[]> record) {
    List<Header> trace = new ArrayList<>();
    for (String name : TRACE_HEADERS) {
      Header header = record.headers().lastHeader(name);
      if (header != null
          && header.value() != null
          && header.value().length <= LONGEST_TRACE_HEADER) {
        trace.add(header);
      }
    }
    return trace;
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null || header.value() == null ? null : new String(header.value(), UTF_8);
  }
}
