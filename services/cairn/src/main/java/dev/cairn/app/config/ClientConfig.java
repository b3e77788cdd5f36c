package dev.cairn.app.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a mere client of the topics needs of a configuration: the same file as {@link ServeConfig},
 * of which only the sections {@code kafka} and {@code topics} are read.
 */
public record ClientConfig(KafkaSettings kafka, TopicNames topics) {

  /** A broker without further settings, and the default topics. */
  public static ClientConfig of(String bootstrapServers) {
    return new ClientConfig(new KafkaSettings(bootstrapServers, Map.of()), TopicNames.defaults());
  }

  /** The properties for a client of Kafka; what it writes is compressed as configured. */
  public Map<String, Object> clientProperties() {
    Map<String, Object> properties = kafka.clientProperties();
    properties.putIfAbsent("compression.type", topics.compression());
    return properties;
  }

  /**
   * Reads the two sections.
   *
   * @throws ConfigurationException naming every problem with its path in the configuration
   * @throws IOException if the file cannot be read
   */
  public static ClientConfig load(Path file, Map<String, String> environment) throws IOException {
    Problems problems = new Problems();
    Section root =
        new Section("", Yaml.read(file.toString(), Files.readString(file)), environment, problems);
    KafkaSettings kafka = KafkaSettings.read(root.section("kafka"));
    TopicNames topics = TopicNames.read(root.section("topics"));
    problems.throwIfAny(file.toString());
    return new ClientConfig(kafka, topics);
  }
}
