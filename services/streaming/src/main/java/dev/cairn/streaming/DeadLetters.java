package dev.cairn.streaming;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Turns a record into its dead letter: key, value and headers verbatim, the reason in headers. */
final class DeadLetters {

  private static final int MAX_REASON = 1000;
  private static final int CUT_BYTES = 64 * 1024;

  private final String topic;
  private final String stage;

  DeadLetters(String topic, String stage) {
    this.topic = topic;
    this.stage = stage;
  }

  /**
   * The dead letter of a record. A record that was a dead letter before keeps its old headers too;
   * the last of each name is the valid one. The timestamp is that of sending: with the record's
   * own, an old record's dead letter could fall to retention at once.
   */
  ProducerRecord<byte[], byte[]> of(
      ConsumerRecord<byte[], byte[]> received, Outcome.Reject reject) {
    Headers headers = new RecordHeaders(received.headers().toArray());
    add(headers, "cairn_class", reject.deadLetterClass());
    add(headers, "cairn_reason", oneLine(reject.reason()));
    add(headers, "cairn_stage", stage);
    add(headers, "cairn_topic", received.topic());
    add(headers, "cairn_partition", Integer.toString(received.partition()));
    add(headers, "cairn_offset", Long.toString(received.offset()));
    return new ProducerRecord<>(topic, null, null, received.key(), received.value(), headers);
  }

  /**
   * A dead letter that its topic refuses for its size, with the beginning of its value only. The
   * whole of it still lies where the headers say that it came from.
   */
  static ProducerRecord<byte[], byte[]> cut(ProducerRecord<byte[], byte[]> letter) {
    Headers headers = new RecordHeaders(letter.headers().toArray());
    add(headers, DeadLetter.CUT_HEADER, Long.toString(length(letter.value())));
    byte[] value =
        letter.value() == null
            ? null
            : Arrays.copyOf(letter.value(), Math.min(letter.value().length, CUT_BYTES));
    return new ProducerRecord<>(letter.topic(), null, null, letter.key(), value, headers);
  }

  /** Bytes of key, value and headers. */
  static long size(ConsumerRecord<byte[], byte[]> received) {
    long bytes = length(received.key()) + length(received.value());
    for (Header header : received.headers()) {
      bytes += header.key().length() + length(header.value());
    }
    return bytes;
  }

  private static long length(byte[] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  private static String oneLine(String reason) {
    String line = reason.replaceAll("\\s+", " ").strip();
    return line.length() <= MAX_REASON ? line : line.substring(0, MAX_REASON) + "…";
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
