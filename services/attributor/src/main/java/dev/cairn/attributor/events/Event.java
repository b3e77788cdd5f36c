package dev.cairn.attributor.events;

import com.google.protobuf.Message;
import java.util.List;
import org.apache.kafka.common.header.Header;

/**
 * A record, read.
 *
 * @param body the payload: GenerationStep, GenerationCompleted, Features or Attribution
 * @param timeMicros when the record was produced, microseconds since the epoch (its Kafka
 *     timestamp)
 * @param trace the W3C trace headers, to be passed on unchanged
 */
public record Event(Message body, long timeMicros, List<Header> trace) {
  public Event {
    trace = List.copyOf(trace);
  }
}
