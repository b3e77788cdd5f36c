package dev.cairn.gateway.feed;

import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.PayloadLimits;
import dev.cairn.attributor.events.RejectedException;
import dev.cairn.gateway.journeys.Result;
import dev.cairn.schemas.v1.Attribution;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads records into what is shown, away from the event loop. */
public final class ArrivalReader {

  private static final Logger log = LoggerFactory.getLogger(ArrivalReader.class);

  private final EventCodec codec = new EventCodec("/cairn/gateway", PayloadLimits.DEFAULT);
  private final String deadLettersTopic;

  public ArrivalReader(String deadLettersTopic) {
    this.deadLettersTopic = deadLettersTopic;
  }

  public Arrivals read(List<ConsumerRecord<byte[], byte[]>> records) {
    List<Result> results = new ArrayList<>();
    List<DeadLetter> deadLetters = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (record.topic().equals(deadLettersTopic)) {
        deadLetters.add(DeadLetter.of(record));
      } else {
        addResult(record, results);
      }
    }
    return new Arrivals(results, deadLetters);
  }

  /**
   * An onlooker has nobody to report an unreadable result to; it must not stumble over it either.
   */
  private void addResult(ConsumerRecord<byte[], byte[]> record, List<Result> results) {
    try {
      if (codec.decode(record).body() instanceof Attribution attribution) {
        results.add(Result.of(attribution, record.timestamp()));
      }
    } catch (RejectedException e) {
      log.atWarn()
          .addKeyValue("topic", record.topic())
          .addKeyValue("partition", record.partition())
          .addKeyValue("offset", record.offset())
          .log("Skipped a result that cannot be read: {}", e.getMessage());
    }
  }
}
