package dev.cairn.streaming;

import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What a stage does with a record. */
@FunctionalInterface
public interface RecordHandler {

  /**
   * Begins to process a record. Called on the stream's poll thread, so it must not block: hand the
   * work to another thread and return. Records of one partition arrive in order, and several are
   * under way at once.
   *
   * @return completes, on any thread, with the outcome. A stage that fails, a {@code null} and an
   *     exception thrown here are all a dead letter of class {@code internal}.
   */
  CompletionStage<Outcome> handle(ConsumerRecord<byte[], byte[]> received);
}
