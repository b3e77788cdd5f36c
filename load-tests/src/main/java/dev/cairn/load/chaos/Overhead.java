package dev.cairn.load.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.cairn.app.Cairn;
import dev.cairn.broker.EmbeddedBroker;
import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.Features;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What the stream costs beside ONNX Runtime, at a fixed rate and with the gradient engine busy: CPU
 * of the process without that of the graph's runs, and latency without the time of those runs.
 */
@Command(name = "overhead", mixinStandardHelpOptions = true)
public final class Overhead implements Callable<Integer> {

  @Option(names = "--seconds", description = "how long is measured (${DEFAULT-VALUE})")
  private int seconds = 60;

  @Option(names = "--warm-up", description = "seconds before that (${DEFAULT-VALUE})")
  private int warmUp = 60;

  @Option(names = "--rate", description = "records a second (${DEFAULT-VALUE})")
  private double rate = 100;

  @Option(
      names = "--draws",
      description = "rows a step, which keep the engine busy (${DEFAULT-VALUE})")
  private int draws = 8;

  @Option(names = "--directory", description = "model, index, logs (${DEFAULT-VALUE})")
  private Path directory = Path.of("load-tests/target/overhead");

  private final Map<String, Long> sent = new ConcurrentHashMap<>();
  private final Histogram toFeatures = new ConcurrentHistogram(3);
  private final Histogram toResult = new ConcurrentHistogram(3);
  private volatile boolean stopping;

  public static void main(String[] args) {
    System.exit(new CommandLine(new Overhead()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Scene scene = new Scene(Files.createDirectories(directory.toAbsolutePath()));
    scene.prepare();
    Scene.Topics topics = new Scene.Topics("overhead");
    int port = freePort();
    try (EmbeddedBroker broker = EmbeddedBroker.start(null)) {
      broker.createTopics(topics.partitions());
      Process process = serve(configuration(scene, broker, topics, port));
      try (KafkaConsumer<byte[], byte[]> consumer = consumer(broker, topics)) {
        Thread reader = Thread.ofPlatform().name("reader").start(() -> read(consumer, topics));
        Thread sender =
            Thread.ofPlatform().name("sender").start(() -> send(broker.bootstrapServers(), topics));
        TimeUnit.SECONDS.sleep(warmUp);
        Reading before = Reading.of(process, port);
        toFeatures.reset();
        toResult.reset();
        TimeUnit.SECONDS.sleep(seconds);
        Reading after = Reading.of(process, port);
        System.out.print(report(after.minus(before)));
        stopping = true;
        consumer.wakeup();
        sender.join();
        reader.join();
      } finally {
        process.destroy();
        process.waitFor(30, TimeUnit.SECONDS);
        process.destroyForcibly();
      }
    }
    return 0;
  }

  private String report(Reading spent) {
    double records = toFeatures.getTotalCount();
    double hundreds = records / spent.elapsed() / 100;
    double own = 1000 * spent.runs() / records;
    double features = toFeatures.getValueAtPercentile(50) / 1000.0;
    double result = toResult.getValueAtPercentile(50) / 1000.0;
    return """
        records          %,.0f in %.0f s, %.1f a second, at least once
        gradient engine  busy %.0f %% of the time of one worker, %.2f ms a record
        CPU              %.3f cores, of which ONNX Runtime %.3f, everything else %.3f
        stream path      %.2f %% of a core for 100 records a second
        latency          median %.1f ms to the features, 99th percentile %.1f ms; median %.1f ms to the result
        added            %.1f ms at the median to the record's own compute time, up to the features
        """
        .formatted(
            records,
            spent.elapsed(),
            records / spent.elapsed(),
            100 * spent.runs() / spent.elapsed(),
            own,
            spent.cpu() / spent.elapsed(),
            spent.runCpu() / spent.elapsed(),
            (spent.cpu() - spent.runCpu()) / spent.elapsed(),
            100 * (spent.cpu() - spent.runCpu()) / spent.elapsed() / hundreds,
            features,
            toFeatures.getValueAtPercentile(99) / 1000.0,
            result,
            features - own);
  }

  private Process serve(Path configuration) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-Xmx512m",
            "-cp",
            System.getProperty("java.class.path"),
            Cairn.class.getName(),
            "serve",
            "--config",
            configuration.toString())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("serve.log").toFile())
        .start();
  }

  private Path configuration(Scene scene, EmbeddedBroker broker, Scene.Topics topics, int port)
      throws IOException {
    return Files.writeString(
        scene.directory().resolve("overhead.yaml"),
        """
        kafka: {bootstrap-servers: "%s"}
        topics: {generations: %s, features: %s, attributions: %s, dead-letters: %s}
        models:
          - bundle: %s
            index: index
        gradient-stage: {draws: %d, workers: 1}
        scoring-stage: {workers: 1}
        gateway: {enabled: true, port: 0, management-port: %d}
        """
            .formatted(
                broker.bootstrapServers(),
                topics.generations(),
                topics.features(),
                topics.attributions(),
                topics.deadLetters(),
                Workload.MODEL,
                draws,
                port));
  }

  private void send(String bootstrapServers, Scene.Topics topics) {
    Workload workload = new Workload(topics.generations(), 1, 0);
    long period = (long) (TimeUnit.SECONDS.toNanos(1) / rate);
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", bootstrapServers, "linger.ms", 0),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      long due = System.nanoTime();
      for (long number = 0; !stopping; number++) {
        List<ProducerRecord<byte[], byte[]>> records = workload.generation(number);
        for (int step = 0; step < records.size(); step++) {
          LockSupport.parkNanos(due - System.nanoTime());
          // From when it was due: a sender that falls behind must not hide a wait.
          sent.put("chaos-" + number + " " + step, due);
          producer.send(records.get(step));
          due += period;
        }
      }
    }
  }

  private static KafkaConsumer<byte[], byte[]> consumer(
      EmbeddedBroker broker, Scene.Topics topics) {
    var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        List.of(topics.features(), topics.attributions()).stream()
            .flatMap(topic -> consumer.partitionsFor(topic).stream())
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }

  private void read(KafkaConsumer<byte[], byte[]> consumer, Scene.Topics topics) {
    try {
      while (!stopping) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          boolean features = record.topic().equals(topics.features());
          int step =
              features
                  ? Features.parseFrom(record.value()).getStep()
                  : Attribution.parseFrom(record.value()).getStep();
          String name = new String(record.key(), UTF_8) + " " + step;
          Long began = features ? sent.get(name) : sent.remove(name);
          if (began != null) {
            (features ? toFeatures : toResult)
                .recordValue(Math.max(0, (System.nanoTime() - began) / 1000));
          }
        }
      }
    } catch (WakeupException _) {
      // Asked to stop.
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
