package dev.cairn.attributor.journeys;

import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.PayloadFormat;
import dev.cairn.attributor.events.PayloadLimits;
import dev.cairn.schemas.v1.Features;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.Stores;

/**
 * A processor with a store, under a wall clock that can be set forward and back, which the topology
 * test driver's cannot be.
 */
final class ProcessorUnderClock {
  static final Instant START = Instant.parse("2026-01-01T10:00:00Z");
  static final FeatureRecords RECORDS =
      new FeatureRecords("features", new EventCodec("/cairn/test", PayloadLimits.DEFAULT));

  private static final EventCodec CODEC = new EventCodec("/cairn/test", PayloadLimits.DEFAULT);

  private final MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();
  private final Processor<byte[], byte[], byte[], byte[]> processor;
  private long clock = START.toEpochMilli();
  private long due = clock + 1000;

  ProcessorUnderClock(Processor<byte[], byte[], byte[], byte[]> processor, String storeName) {
    this.processor = processor;
    var store =
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(storeName), Serdes.String(), Serdes.ByteArray())
            .withLoggingDisabled()
            .build();
    store.init(context.getStateStoreContext(), store);
    context.addStateStore(store);
    context.setCurrentSystemTimeMs(clock);
    processor.init(context);
  }

  void jump(Duration by) {
    clock += by.toMillis();
    context.setCurrentSystemTimeMs(clock);
  }

  /** As Kafka Streams does: it calls again when the clock has come to where it is due. */
  void pass(int seconds) {
    for (int second = 0; second < seconds; second++) {
      jump(Duration.ofSeconds(1));
      if (clock >= due) {
        due = clock + 1000;
        context.scheduledPunctuators().getFirst().getPunctuator().punctuate(clock);
      }
    }
  }

  void process(String key, Features features) {
    ProducerRecord<byte[], byte[]> encoded =
        CODEC.encode("features", key, features, 0, PayloadFormat.PROTOBUF, List.of());
    processor.process(new Record<>(encoded.key(), encoded.value(), clock, encoded.headers()));
  }

  /** Whether a commit was asked for since this was last asked. */
  boolean commitRequested() {
    boolean requested = context.committed();
    context.resetCommit();
    return requested;
  }

  /** All that came out so far. */
  List<Features> emitted() {
    return context.forwarded().stream()
        .map(forwarded -> forwarded.record())
        .map(
            mean ->
                RECORDS.read(
                    new Record<byte[], byte[]>(
                        mean.key(), mean.value(), mean.timestamp(), mean.headers())))
        .map(vector -> vector.orElseThrow().features())
        .toList();
  }
}
