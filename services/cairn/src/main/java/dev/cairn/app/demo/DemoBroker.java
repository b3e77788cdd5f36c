package dev.cairn.app.demo;

import dev.cairn.app.config.TopicNames;
import dev.cairn.broker.EmbeddedBroker;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/**
 * A broker that starts in the background, in a temporary directory, and is stopped and deleted also
 * when the process is interrupted.
 */
final class DemoBroker implements AutoCloseable {

  private static final int PARTITIONS = 2;

  private final CompletableFuture<EmbeddedBroker> started = new CompletableFuture<>();
  private final Thread hook = new Thread(this::stop, "demo-broker-stop");

  private DemoBroker() {}

  /** Begins to start a broker and returns at once. */
  static DemoBroker start() {
    DemoBroker broker = new DemoBroker();
    Runtime.getRuntime().addShutdownHook(broker.hook);
    Thread.ofPlatform().name("demo-broker-start").daemon(true).start(broker::run);
    return broker;
  }

  private void run() {
    try {
      EmbeddedBroker broker = EmbeddedBroker.start(null);
      broker.createTopics(
          TopicNames.defaults().all().collect(Collectors.toMap(topic -> topic, _ -> PARTITIONS)));
      started.complete(broker);
    } catch (RuntimeException | Error e) {
      // An error too: whoever waits for the broker must hear of it.
      started.completeExceptionally(e);
    }
  }

  /** Waits until clients can connect, topics included. */
  String bootstrapServers() {
    try {
      return started.join().bootstrapServers();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(hook);
    stop();
  }

  private void stop() {
    started.handle(
        (broker, _) -> {
          if (broker != null) {
            broker.close();
          }
          return null;
        });
  }
}
