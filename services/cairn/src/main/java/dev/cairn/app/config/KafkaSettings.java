package dev.cairn.app.config;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How to reach Kafka.
 *
 * @param bootstrapServers host:port, several separated by commas
 * @param properties any property of the Kafka clients (TLS, SASL, tuning), passed through
 * @param hidden names of those whose values came from files, and are never shown
 */
public record KafkaSettings(
    String bootstrapServers, Map<String, String> properties, Set<String> hidden) {

  public KafkaSettings {
    properties = Map.copyOf(properties);
    hidden = Set.copyOf(hidden);
  }

  /** Without values from files. */
  public KafkaSettings(String bootstrapServers, Map<String, String> properties) {
    this(bootstrapServers, properties, Set.of());
  }

  static KafkaSettings read(Section kafka) {
    String servers = kafka.requiredText("bootstrap-servers", "host:port of a Kafka broker");
    for (String server : servers.split(",")) {
      if (!servers.isEmpty() && !server.strip().matches("\\S+:\\d{1,5}")) {
        kafka.problem("bootstrap-servers", "'%s' is not host:port".formatted(server.strip()));
      }
    }
    Map<String, String> properties = kafka.properties("properties");
    if (properties.containsKey("bootstrap.servers")) {
      kafka.problem("properties.bootstrap.servers", "belongs in kafka.bootstrap-servers");
    }
    kafka.rejectUnknownKeys();
    Map<String, String> resolved = new HashMap<>();
    Set<String> hidden = new HashSet<>();
    properties.forEach(
        (name, value) -> {
          try {
            String whole = FileReferences.resolve(value);
            resolved.put(name, whole);
            if (!whole.equals(value)) {
              hidden.add(name);
            }
          } catch (IOException e) {
            kafka.problem("properties." + name, e.getMessage());
          }
        });
    return new KafkaSettings(servers, resolved, hidden);
  }

  /** The properties for a client of Kafka, the servers included. */
  public Map<String, Object> clientProperties() {
    Map<String, Object> all = new HashMap<>(properties);
    all.put("bootstrap.servers", bootstrapServers);
    return all;
  }

  /** Shows values, except those that are secrets or may hold one. */
  @Override
  public String toString() {
    Map<String, String> shown = new TreeMap<>();
    properties.forEach(
        (name, value) ->
            shown.put(name, hidden.contains(name) || isSecret(name) ? "(hidden)" : value));
    return "KafkaSettings[bootstrapServers=%s, properties=%s]".formatted(bootstrapServers, shown);
  }

  private static boolean isSecret(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.contains("password")
        || lower.contains("secret")
        || lower.contains("jaas")
        || lower.contains("token")
        || lower.contains("credential")
        || lower.endsWith(".key")
        || lower.contains("keystore.certificate.chain");
  }
}
