package dev.cairn.streaming;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * What the headers of a dead letter tell.
 *
 * @param partition where the dead letter lies, in its own topic
 * @param offset as partition
 * @param deadLetterClass why it could not be processed, for example {@code malformed}
 * @param reason the same for a human being
 * @param stage which stage said so
 * @param sourceTopic where the record came from
 * @param sourcePartition as sourceTopic
 * @param sourceOffset as sourceTopic
 */
public record DeadLetter(
    int partition,
    long offset,
    String deadLetterClass,
    String reason,
    String stage,
    String sourceTopic,
    int sourcePartition,
    long sourceOffset) {

  /** Headers that a stage adds begin with this; all others are the record's own. */
  static final String HEADER_PREFIX = "cairn_";

  /** Present where the value did not fit into the topic, with the number of bytes that it had. */
  static final String CUT_HEADER = HEADER_PREFIX + "value_bytes";

  /** Reads the headers; empty if the record is no whole dead letter of a stage. */
  static Optional<DeadLetter> of(ConsumerRecord<?, ?> letter) {
    if (letter.headers().lastHeader(CUT_HEADER) != null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new DeadLetter(
              letter.partition(),
              letter.offset(),
              header(letter, "class"),
              header(letter, "reason"),
              header(letter, "stage"),
              header(letter, "topic"),
              Integer.parseInt(header(letter, "partition")),
              Long.parseLong(header(letter, "offset"))));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** A record that was a dead letter before has several of each; the last one is the valid one. */
  private static String header(ConsumerRecord<?, ?> letter, String name) {
    Header header = letter.headers().lastHeader(HEADER_PREFIX + name);
    if (header == null || header.value() == null) {
      throw new IllegalArgumentException(name);
    }
    return new String(header.value(), StandardCharsets.UTF_8);
  }
}
