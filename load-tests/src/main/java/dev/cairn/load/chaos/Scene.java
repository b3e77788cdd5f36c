package dev.cairn.load.chaos;

import dev.cairn.attribution.Npy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** A directory with a small model, its index and configurations; made once and kept. */
record Scene(Path directory) {

  private static final int EXAMPLES = 100;
  private static final int PIXELS = 256;

  private static final Map<String, Object> IMPATIENT =
      Map.of(
          "session.timeout.ms", 8000,
          "heartbeat.interval.ms", 1000,
          "request.timeout.ms", 5000,
          "default.api.timeout.ms", 10000,
          "delivery.timeout.ms", 10000,
          "max.block.ms", 5000,
          "reconnect.backoff.max.ms", 500);

  /** Topics of one run. */
  record Topics(String run) {
    String generations() {
      return run + ".generations";
    }

    String features() {
      return run + ".features";
    }

    String attributions() {
      return run + ".attributions";
    }

    String deadLetters() {
      return run + ".dead-letters";
    }

    Map<String, Integer> partitions() {
      return Map.of(generations(), 6, features(), 6, attributions(), 3, deadLetters(), 2);
    }

    /** On a broker in another process. */
    void create(String bootstrapServers) throws ExecutionException, InterruptedException {
      try (Admin admin =
          Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrapServers))) {
        List<NewTopic> all =
            partitions().entrySet().stream()
                .map(topic -> new NewTopic(topic.getKey(), topic.getValue(), (short) 1))
                .toList();
        admin.createTopics(all).all().get();
      }
    }
  }

  Path bundle() {
    return directory.resolve(Workload.MODEL);
  }

  /**
   * Unpacks the demonstration's model, and indexes some of its images.
   *
   * @throws IOException if the directory cannot be written
   */
  void prepare() throws IOException, InterruptedException {
    copy("unet/model.onnx", bundle());
    copy("scheduler/scheduler_config.json", bundle());
    Path index = directory.resolve("index");
    if (Files.exists(index.resolve("manifest.json"))) {
      return;
    }
    Path all = directory.resolve("all");
    copy("data/images.npy", all);
    float[] images = Npy.readFloats(all.resolve("data/images.npy")).data();
    float[] some = new float[EXAMPLES * PIXELS];
    System.arraycopy(images, 0, some, 0, some.length);
    Path data = Files.createDirectories(directory.resolve("data"));
    Npy.writeFloats(data.resolve("images.npy"), new int[] {EXAMPLES, 1, 16, 16}, some);
    Process indexing =
        CairnProcess.start(
            directory.resolve("index.log"),
            "index",
            bundle().toString(),
            "--data",
            data.toString(),
            "--out",
            index.toString(),
            "--timesteps",
            "2");
    if (indexing.waitFor() != 0) {
      throw new IOException("no index: see " + directory.resolve("index.log"));
    }
  }

  /**
   * Writes a configuration by which faults are noticed within seconds.
   *
   * @param delivery at-least-once or exactly-once
   */
  Path configuration(String name, String bootstrapServers, Topics topics, String delivery)
      throws IOException {
    return configuration(name, bootstrapServers, topics, delivery, IMPATIENT);
  }

  /**
   * Writes a configuration.
   *
   * @param delivery at-least-once or exactly-once
   * @param properties of Kafka's clients
   */
  Path configuration(
      String name,
      String bootstrapServers,
      Topics topics,
      String delivery,
      Map<String, Object> properties)
      throws IOException {
    return Files.writeString(
        directory.resolve(name + ".yaml"),
        """
        kafka:
          bootstrap-servers: %1$s
          properties: %9$s
        topics:
          generations: %2$s
          features: %3$s
          attributions: %4$s
          dead-letters: %5$s
        delivery: %6$s
        models:
          - bundle: %7$s
            index: index
        gradient-stage:
          group: %8$s-gradient
          draws: 2
          workers: 1
          records-in-flight: 64
          drain-seconds: 10
        scoring-stage:
          group: %8$s-scoring
          workers: 1
          records-in-flight: 64
          drain-seconds: 10
        journeys:
          enabled: true
          group: %8$s-journeys
        gateway:
          enabled: false
        """
            .formatted(
                bootstrapServers,
                topics.generations(),
                topics.features(),
                topics.attributions(),
                topics.deadLetters(),
                delivery,
                Workload.MODEL,
                topics.run(),
                flow(properties)));
  }

  private static String flow(Map<String, Object> properties) {
    return properties.entrySet().stream()
        .map(property -> property.getKey() + ": " + property.getValue())
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static void copy(String name, Path to) throws IOException {
    Path file = to.resolve(name);
    Files.createDirectories(file.getParent());
    try (InputStream in = Scene.class.getResourceAsStream("/demo/fashion-16px/" + name)) {
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
