package dev.cairn.attributor.journeys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.PayloadFormat;
import dev.cairn.attributor.events.PayloadLimits;
import dev.cairn.attributor.events.Tensors;
import dev.cairn.schemas.v1.FeatureProvenance;
import dev.cairn.schemas.v1.Features;
import dev.cairn.schemas.v1.Subject;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Windows under a wall clock that is set forward and back, which the test driver's cannot be. */
class WindowClockTest {
  private static final Instant START = Instant.parse("2026-01-01T10:00:00Z");
  private static final EventCodec CODEC = new EventCodec("/cairn/test", PayloadLimits.DEFAULT);
  private static final FeatureRecords RECORDS = new FeatureRecords("features", CODEC);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();
  private WindowProcessor windows;
  private long clock = START.toEpochMilli();
  private long due = clock + 1000;

  @BeforeEach
  void open() {
    JourneyOptions options =
        new JourneyOptions(
            Map.of("bootstrap.servers", "nowhere:9092"),
            "journeys",
            "features",
            Duration.ofMinutes(10),
            Set.of("prompt"),
            Duration.ofMinutes(5),
            Duration.ofSeconds(30));
    var store =
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(WindowProcessor.STORE),
                Serdes.String(),
                Serdes.ByteArray())
            .withLoggingDisabled()
            .build();
    store.init(context.getStateStoreContext(), store);
    context.addStateStore(store);
    context.setCurrentSystemTimeMs(clock);
    windows = new WindowProcessor(RECORDS, options, new JourneyMetrics(meters));
    windows.init(context);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, -1})
  void a_clock_that_jumps_takes_no_generation_from_its_window_and_repeats_no_window(long days) {
    // When
    add("a", 10, 1);
    pass(5);
    jump(Duration.ofDays(days));
    pass(5);
    add("b", 20, 3);
    jump(Duration.ofDays(-days));
    pass(5);
    add("c", 30, 5);
    jump(Duration.ofDays(days));
    add("d", 340, 9);
    pass(5);
    add("e", 341, 9);
    jump(Duration.ofDays(-days));
    pass(5);
    add("f", 342, 9);

    // Then
    assertThat(means())
        .singleElement()
        .satisfies(
            mean -> {
              assertThat(mean.getAveraged()).isEqualTo(3);
              assertThat(Tensors.floats("features", mean.getFeatures(), 2)).containsExactly(3, 3);
            });
    assertThat(meters.get("cairn.journeys.late").counter().count()).isZero();
  }

  @Test
  void a_window_whose_records_have_passed_closes_though_the_clock_was_set_back() {
    // Given
    add("a", 10, 1);
    pass(5);

    // When
    jump(Duration.ofDays(-1));
    add("b", 340, 9);

    // Then
    assertThat(means()).singleElement().returns(1, Features::getAveraged);
  }

  private void jump(Duration by) {
    clock += by.toMillis();
    context.setCurrentSystemTimeMs(clock);
  }

  /** As Kafka Streams does: it calls again when the clock has come to where it is due. */
  private void pass(int seconds) {
    for (int second = 0; second < seconds; second++) {
      jump(Duration.ofSeconds(1));
      if (clock >= due) {
        due = clock + 1000;
        context.scheduledPunctuators().getFirst().getPunctuator().punctuate(clock);
      }
    }
  }

  /** A finished generation, made so many seconds after the window's beginning. */
  private void add(String id, int second, float value) {
    Features generation =
        Features.newBuilder()
            .setGenerationId(id)
            .setModel("m")
            .setSubject(Subject.TRAJECTORY)
            .setStepCount(1)
            .setFeatures(Tensors.of(new float[] {value, value}, 2))
            .putTags("prompt", "a cat")
            .setSourceTimeMicros(START.plusSeconds(second).toEpochMilli() * 1000)
            .setProvenance(FeatureProvenance.newBuilder().setFeatureDimension(2))
            .build();
    ProducerRecord<byte[], byte[]> encoded =
        CODEC.encode("features", id, generation, 0, PayloadFormat.PROTOBUF, List.of());
    windows.process(
        new Record<>("prompt=a cat".getBytes(UTF_8), encoded.value(), clock, encoded.headers()));
  }

  private List<Features> means() {
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
