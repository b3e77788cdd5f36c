package dev.cairn.load.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads what comes out of a run, committed records only, on a thread of its own until closed. */
final class Outcomes implements AutoCloseable {

  private static final Set<String> FAULTS_OF_THE_PROCESS = Set.of("internal", "timeout");

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final String attributionsTopic;
  private final Thread thread;

  /** Result id → SHA-256 of the whole record: key, value and headers. */
  private final Map<String, String> results = new ConcurrentHashMap<>();

  /** Source partition and offset, and key → class. */
  private final Map<String, String> deadLetters = new ConcurrentHashMap<>();

  private final Map<String, Integer> byGeneration = new ConcurrentHashMap<>();

  private final AtomicLong repeated = new AtomicLong();
  private final AtomicLong differing = new AtomicLong();
  private volatile boolean closing;

  Outcomes(String bootstrapServers, Scene.Topics topics) {
    attributionsTopic = topics.attributions();
    consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                "bootstrap.servers",
                bootstrapServers,
                "isolation.level",
                "read_committed",
                "max.partition.fetch.bytes",
                4 << 20),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        List.of(topics.attributions(), topics.deadLetters()).stream()
            .flatMap(topic -> consumer.partitionsFor(topic).stream())
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    thread = Thread.ofPlatform().name("outcomes").start(this::read);
  }

  private void read() {
    try (consumer) {
      while (!closing) {
        consumer.poll(Duration.ofMillis(200)).forEach(this::note);
      }
    } catch (WakeupException _) {
      // Asked to stop.
    }
  }

  private void note(ConsumerRecord<byte[], byte[]> record) {
    if (record.topic().equals(attributionsTopic)) {
      note(results, header(record, "ce_id"), sha256(record));
      byGeneration.merge(new String(record.key(), UTF_8), 1, Integer::sum);
    } else {
      String source =
          "%s-%s %s"
              .formatted(
                  header(record, "cairn_partition"),
                  header(record, "cairn_offset"),
                  record.key() == null ? "" : new String(record.key(), UTF_8));
      note(deadLetters, source, header(record, "cairn_class"));
    }
  }

  private void note(Map<String, String> seen, String id, String content) {
    String before = seen.putIfAbsent(id, content);
    if (before != null) {
      repeated.incrementAndGet();
      if (!before.equals(content)) {
        differing.incrementAndGet();
      }
    }
  }

  Map<String, String> results() {
    return Map.copyOf(results);
  }

  int attributed() {
    return results.size();
  }

  /** Results of one generation. */
  int attributedOf(String generation) {
    return byGeneration.getOrDefault(generation, 0);
  }

  int deadLettered() {
    return deadLetters.size();
  }

  /** Records that came out more than once. */
  long repeated() {
    return repeated.get();
  }

  /** Repeated records whose content was not that of the first. */
  long differing() {
    return differing.get();
  }

  /** Dead letters by class. */
  Map<String, Long> byClass() {
    Map<String, Long> counts = new TreeMap<>();
    deadLetters.values().forEach(name -> counts.merge(name, 1L, Long::sum));
    return counts;
  }

  /** Dead letters whose class is not the one of their kind, or that are no hostile records. */
  long misjudged() {
    return deadLetters.entrySet().stream()
        .filter(
            entry -> {
              String key = entry.getKey().substring(entry.getKey().indexOf(' ') + 1);
              if (!key.startsWith("hostile-")) {
                return true;
              }
              String kind = key.substring("hostile-".length(), key.lastIndexOf('-'));
              return HostileRecords.Kind.valueOf(kind)
                  .deadLetterClass()
                  .map(right -> !right.equals(entry.getValue()))
                  .orElse(FAULTS_OF_THE_PROCESS.contains(entry.getValue()));
            })
        .count();
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }

  private static String sha256(ConsumerRecord<byte[], byte[]> record) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      update(digest, record.key());
      update(digest, record.value());
      for (Header header : record.headers()) {
        update(digest, header.key().getBytes(UTF_8));
        update(digest, header.value());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void update(MessageDigest digest, byte[] part) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, part.length));
    digest.update(part);
  }

  @Override
  public void close() throws InterruptedException {
    closing = true;
    consumer.wakeup();
    thread.join();
  }
}
