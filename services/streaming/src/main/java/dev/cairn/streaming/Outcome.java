package dev.cairn.streaming;

import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What a {@link RecordHandler} made of one record. */
public sealed interface Outcome {

  /**
   * The record was processed; these records follow from it. They are acknowledged by the broker
   * before the source record's offset can be committed. May be empty.
   */
  record Emit(List<ProducerRecord<byte[], byte[]>> records) implements Outcome {
    public Emit {
      records = List.copyOf(records);
    }
  }

  /**
   * The record cannot be processed, now or later: it becomes a dead letter.
   *
   * @param deadLetterClass one of a small fixed set (it is a metric tag), lower case with hyphens:
   *     {@code malformed}, {@code wrong-shape}, {@code not-finite} ...
   * @param reason one line for a human being: what is wrong, with the values
   */
  record Reject(String deadLetterClass, String reason) implements Outcome {

    static final String TOO_LARGE = "too-large";
    static final String INTERNAL = "internal";

    private static final Pattern CLASS = Pattern.compile("[a-z]+(-[a-z]+)*");

    public Reject {
      if (!CLASS.matcher(deadLetterClass).matches()) {
        throw new IllegalArgumentException(
            "A dead letter class is lower case with hyphens, not '" + deadLetterClass + "'");
      }
      if (reason == null || reason.isBlank()) {
        throw new IllegalArgumentException(
            "A dead letter of class " + deadLetterClass + " needs a reason");
      }
    }
  }
}
