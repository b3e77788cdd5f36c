package dev.cairn.attributor.journeys;

import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.PayloadLimits;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Features → mean of each generation → mean of each tag's value and window, all back to the topic
 * that the features come from. The state lies in memory and in a changelog topic, from which any
 * machine can restore it.
 */
final class JourneyTopology {
  private static final Serde<byte[]> BYTES = Serdes.ByteArray();

  private JourneyTopology() {}

  static Topology of(JourneyOptions options, MeterRegistry meters) {
    FeatureRecords records =
        new FeatureRecords(
            options.featuresTopic(), new EventCodec("/cairn/journeys", PayloadLimits.DEFAULT));
    JourneyMetrics metrics = new JourneyMetrics(meters);
    StreamsBuilder builder = new StreamsBuilder();
    builder.addStateStore(store(TrajectoryProcessor.STORE));
    KStream<byte[], byte[]> trajectories =
        builder.stream(options.featuresTopic(), Consumed.with(BYTES, BYTES))
            .process(
                () -> new TrajectoryProcessor(records, options.timeout(), metrics),
                TrajectoryProcessor.STORE);
    trajectories.to(options.featuresTopic(), Produced.with(BYTES, BYTES));
    if (!options.tags().isEmpty()) {
      builder.addStateStore(store(WindowProcessor.STORE));
      trajectories
          .process(() -> new TagKeys(records, options.tags()))
          .repartition(Repartitioned.with(BYTES, BYTES).withName("tags"))
          .process(() -> new WindowProcessor(records, options, metrics), WindowProcessor.STORE)
          .to(options.featuresTopic(), Produced.with(BYTES, BYTES));
    }
    return builder.build();
  }

  private static StoreBuilder<KeyValueStore<String, byte[]>> store(String name) {
    return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), Serdes.String(), BYTES)
        // Only the last state before a commit reaches the changelog.
        .withCachingEnabled()
        .withLoggingEnabled(Map.of());
  }
}
