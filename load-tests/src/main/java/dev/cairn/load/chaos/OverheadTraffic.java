package dev.cairn.load.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.Features;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Records sent at a rate that can be changed, and how long each takes to come out. */
final class OverheadTraffic implements AutoCloseable {

  private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final String bootstrapServers;
  private final Scene.Topics topics;
  private final Map<String, Long> sent = new ConcurrentHashMap<>();
  private final Histogram toFeatures = new ConcurrentHistogram(3);
  private final Histogram toResult = new ConcurrentHistogram(3);
  private final Thread sender;
  private final Thread reader;
  private volatile double rate;
  private volatile boolean stopping;

  OverheadTraffic(String bootstrapServers, Scene.Topics topics) {
    this.bootstrapServers = bootstrapServers;
    this.topics = topics;
    reader = Thread.ofPlatform().name("reader").start(this::read);
    sender = Thread.ofPlatform().name("sender").start(this::send);
  }

  /**
   * @param rate records a second from now on, evenly spaced; none for 0
   */
  void rate(double rate) {
    this.rate = rate;
  }

  /** Records that were sent and of which no result has come out. */
  int outstanding() {
    return sent.size();
  }

  /** Forgets the latencies measured so far. */
  void reset() {
    toFeatures.reset();
    toResult.reset();
  }

  /** Microseconds to features, of records that came out since the last reset. */
  Histogram toFeatures() {
    return toFeatures;
  }

  Histogram toResult() {
    return toResult;
  }

  private void send() {
    Workload workload = new Workload(topics.generations(), 1, 0);
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", bootstrapServers, "linger.ms", 0),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      long due = System.nanoTime();
      for (long number = 0; !stopping; number++) {
        List<ProducerRecord<byte[], byte[]>> records = workload.generation(number);
        for (int step = 0; step < records.size(); step++) {
          while (rate == 0 && !stopping) {
            LockSupport.parkNanos(IDLE_NANOS);
            due = System.nanoTime();
          }
          LockSupport.parkNanos(due - System.nanoTime());
          // From when it was due: a sender that falls behind must not hide a wait.
          sent.put("chaos-" + number + " " + step, due);
          producer.send(records.get(step));
          due += (long) (TimeUnit.SECONDS.toNanos(1) / Math.max(rate, 1));
        }
      }
    }
  }

  private void read() {
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of("bootstrap.servers", bootstrapServers),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          List.of(topics.features(), topics.attributions()).stream()
              .flatMap(topic -> consumer.partitionsFor(topic).stream())
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (!stopping) {
        consumer.poll(Duration.ofMillis(100)).forEach(this::measure);
      }
    }
  }

  private void measure(ConsumerRecord<byte[], byte[]> record) {
    boolean features = record.topic().equals(topics.features());
    String name = new String(record.key(), UTF_8) + " " + step(record, features);
    Long began = features ? sent.get(name) : sent.remove(name);
    if (began != null) {
      (features ? toFeatures : toResult)
          .recordValue(Math.max(0, (System.nanoTime() - began) / 1000));
    }
  }

  private static int step(ConsumerRecord<byte[], byte[]> record, boolean features) {
    try {
      return features
          ? Features.parseFrom(record.value()).getStep()
          : Attribution.parseFrom(record.value()).getStep();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    stopping = true;
    sender.join();
    reader.join();
  }
}
