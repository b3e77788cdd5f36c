package dev.cairn.app.events;

import dev.cairn.app.CommandFailure;
import dev.cairn.app.config.KafkaSettings;
import dev.cairn.app.config.TopicNames;
import dev.cairn.streaming.KafkaReason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;

/** The topics that a cluster does not have yet; makes them, with the cluster's own defaults. */
public final class TopicCreation {

  private static final int GIVE_UP_MILLIS = 10_000;

  private TopicCreation() {}

  /**
   * @throws CommandFailure if no broker answers, or topics are missing and may not be created
   */
  public static void createMissing(KafkaSettings kafka, TopicNames topics) {
    ask(
        kafka,
        admin -> {
          List<NewTopic> missing =
              missing(admin, topics).stream()
                  .map(
                      topic ->
                          new NewTopic(topic, Optional.empty(), Optional.empty())
                              .configs(Map.of("compression.type", codec(topics))))
                  .toList();
          admin.createTopics(missing).all().get();
          return missing;
        });
  }

  /**
   * The topics that this user does not see, because they are not there or not allowed.
   *
   * @throws CommandFailure if no broker answers, or it refuses this user
   */
  public static List<String> missing(KafkaSettings kafka, TopicNames topics) {
    return ask(kafka, admin -> missing(admin, topics));
  }

  private static List<String> missing(Admin admin, TopicNames topics)
      throws ExecutionException, InterruptedException {
    Set<String> existing = admin.listTopics().names().get();
    return topics.all().filter(topic -> !existing.contains(topic)).toList();
  }

  /** A topic's codec also holds for producers that are not ours. */
  private static String codec(TopicNames topics) {
    return topics.compression().equals("none") ? "uncompressed" : topics.compression();
  }

  private interface Question<T> {
    T ask(Admin admin) throws ExecutionException, InterruptedException;
  }

  private static <T> T ask(KafkaSettings kafka, Question<T> question) {
    Map<String, Object> properties = new HashMap<>();
    properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, GIVE_UP_MILLIS);
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, GIVE_UP_MILLIS);
    properties.putAll(kafka.clientProperties());
    try (Admin admin = Admin.create(properties)) {
      return question.ask(admin);
    } catch (KafkaException e) {
      throw failure(kafka, e);
    } catch (ExecutionException e) {
      throw failure(kafka, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted while topics were created", e);
    }
  }

  private static CommandFailure failure(KafkaSettings kafka, Throwable cause) {
    String servers = kafka.bootstrapServers();
    return switch (cause) {
      case TimeoutException e ->
          new CommandFailure(
              "no Kafka broker answers at %s; check kafka.bootstrap-servers and that it runs"
                  .formatted(servers),
              e);
      case TopicExistsException e ->
          new CommandFailure("another process created a topic just now; run again", e);
      default ->
          new CommandFailure(
              "cannot list or create topics at %s: %s".formatted(servers, KafkaReason.of(cause)),
              cause);
    };
  }
}
