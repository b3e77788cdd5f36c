package dev.cairn.gateway.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonObject;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A record that could not be processed, in what its headers say.
 *
 * @param generationId the record's key
 * @param deadLetterClass for example wrong-shape
 * @param timeMillis when it became one; milliseconds since the epoch
 */
public record DeadLetter(
    String generationId,
    String deadLetterClass,
    String reason,
    String stage,
    String topic,
    int partition,
    long offset,
    long timeMillis) {

  private static final int LONGEST = 600;

  static DeadLetter of(ConsumerRecord<byte[], byte[]> record) {
    return new DeadLetter(
        record.key() == null ? "" : text(record.key()),
        header(record, "cairn_class"),
        header(record, "cairn_reason"),
        header(record, "cairn_stage"),
        header(record, "cairn_topic"),
        (int) number(header(record, "cairn_partition")),
        number(header(record, "cairn_offset")),
        record.timestamp());
  }

  /** As {@code DeadLetter} in the API's description. */
  public JsonObject json() {
    return new JsonObject()
        .put("generationId", generationId)
        .put("class", deadLetterClass)
        .put("reason", reason)
        .put("stage", stage)
        .put("topic", topic)
        .put("partition", partition)
        .put("offset", offset)
        .put("timeMillis", timeMillis);
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null || header.value() == null ? "" : text(header.value());
  }

  private static String text(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException _) {
      return -1;
    }
  }
}
