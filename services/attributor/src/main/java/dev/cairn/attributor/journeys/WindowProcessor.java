package dev.cairn.attributor.journeys;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.cairn.attributor.journeys.FeatureRecords.Vector;
import dev.cairn.schemas.v1.Features;
import dev.cairn.schemas.v1.Subject;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The mean over the generations of a tag's value in a time window; every generation counts the
 * same, however many steps it has. Keys of what comes in are {@code TAG=VALUE}.
 *
 * <p>A window is closed when the records' own time has passed its end and the grace; or, where no
 * more records come, when the wall clock has, and nothing was added for as long. Records that are
 * replayed long after they were made thus still meet in their windows.
 */
final class WindowProcessor extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
  static final String STORE = "windows";
  private static final byte[] EMITTED = {};

  private final FeatureRecords records;
  private final JourneyOptions options;
  private final JourneyMetrics metrics;
  private final Map<String, Long> touched = new HashMap<>();
  private final Silence silence = new Silence(touched);

  /** The latest source time seen, milliseconds. */
  private long recordTime = Long.MIN_VALUE;

  private KeyValueStore<String, byte[]> store;

  WindowProcessor(FeatureRecords records, JourneyOptions options, JourneyMetrics metrics) {
    this.records = records;
    this.options = options;
    this.metrics = metrics;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    super.init(context);
    store = context.getStateStore(STORE);
    try (KeyValueIterator<String, byte[]> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<String, byte[]> entry = all.next();
        touched.put(entry.key, context.currentSystemTimeMs());
      }
    }
    silence.begin(context.currentSystemTimeMs());
    context.schedule(Silence.CHECK, PunctuationType.WALL_CLOCK_TIME, this::close);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    String tag = new String(record.key(), UTF_8);
    records.read(record).ifPresent(vector -> add(tag, vector));
    long now = context().currentSystemTimeMs();
    if (silence.overdue(now)) {
      close(now);
    }
    if (silence.clockIsBehind(now)) {
      context().commit();
    }
  }

  private void add(String tag, Vector vector) {
    Features generation = vector.features();
    long time = generation.getSourceTimeMicros() / 1000;
    long length = options.window().toMillis();
    long start = Math.floorDiv(time, length) * length;
    String subject = "%s/%s/%s".formatted(tag, Instant.ofEpochMilli(start), options.window());
    String key = (start + length) + "\n" + MeanKey.of(subject, generation);
    byte[] state = store.get(key);
    if (state != null && state.length == 0
        || start + length + options.grace().toMillis() <= recordTime) {
      metrics.late();
      return;
    }
    RunningMean mean =
        state == null
            ? RunningMean.of(about(subject, tag, generation), vector.values().length)
            : RunningMean.fromBytes(state);
    long now = context().currentSystemTimeMs();
    store.put(key, mean.with(mean.count(), vector.values(), generation, now).toBytes());
    touched.put(key, now);
    recordTime = Math.max(recordTime, time);
  }

  private void close(long now) {
    silence.at(now);
    for (Map.Entry<String, Long> window : List.copyOf(touched.entrySet())) {
      String key = window.getKey();
      long end = Long.parseLong(key.substring(0, key.indexOf('\n')));
      long closing = end + options.grace().toMillis();
      long quiet = now - window.getValue();
      byte[] state = store.get(key);
      if (state == null || state.length == 0) {
        if (quiet >= options.timeout().toMillis()) {
          store.delete(key);
          touched.remove(key);
        }
      } else if (closing <= recordTime
          || (closing <= now
              && quiet >= Math.max(Silence.CHECK.toMillis(), options.grace().toMillis()))) {
        Features mean = RunningMean.fromBytes(state).mean();
        context().forward(records.write(mean, now));
        store.put(key, EMITTED);
        touched.put(key, now);
        metrics.emitted(Subject.AGGREGATE, false);
      }
    }
  }

  private static Features about(String subject, String tag, Features generation) {
    int equals = tag.indexOf('=');
    Features.Builder about =
        generation.toBuilder()
            .setGenerationId(subject)
            .setSubject(Subject.AGGREGATE)
            .setStepCount(0)
            .clearFeatures()
            .clearTags()
            .putTags(tag.substring(0, equals), tag.substring(equals + 1))
            .clearSourceTimeMicros();
    about.getProvenanceBuilder().clearTimesteps();
    return about.build();
  }
}
