package dev.cairn.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A real Kafka broker (KRaft, one node) inside this JVM, on the loopback interface only.
 *
 * <p>Ports are chosen at {@link #start} and kept across {@link #restart}, so that clients find the
 * broker again. Not thread-safe: one owner starts and stops it.
 */
public final class EmbeddedBroker implements AutoCloseable {

  private static final String TRANSACTIONS = "__transaction_state-0";
  private static final int START_ATTEMPTS = 3;
  private static final int LEADER_ATTEMPTS = 200;
  private static final long LEADER_PAUSE_NANOS = 50_000_000;

  private final BrokerConfiguration configuration;
  private final boolean temporary;
  private KafkaRaftServer server;

  private EmbeddedBroker(BrokerConfiguration configuration, boolean temporary) {
    this.configuration = configuration;
    this.temporary = temporary;
  }

  /**
   * Starts a broker and returns once it accepts clients.
   *
   * @param logDir where topics are kept; created if absent, and kept after {@link #close}. {@code
   *     null}: a temporary directory, deleted on close.
   * @throws IllegalStateException if the broker does not start
   */
  public static EmbeddedBroker start(Path logDir) {
    return start(logDir, List.of(), Map.of());
  }

  /**
   * As {@link #start(Path)}, with further listeners and properties of the broker, the latter before
   * any other.
   */
  public static EmbeddedBroker start(
      Path logDir, List<BrokerListener> listeners, Map<String, String> properties) {
    boolean temporary = logDir == null;
    Path directory = temporary ? temporaryDirectory() : logDir.toAbsolutePath();
    RuntimeException failure = null;
    for (int attempt = 0; attempt < START_ATTEMPTS; attempt++) {
      EmbeddedBroker broker =
          new EmbeddedBroker(onFreePorts(directory, listeners, properties), temporary);
      try {
        broker.startServer();
        return broker;
      } catch (RuntimeException e) {
        failure = e;
        // A free port can be taken between finding it and binding it; anything else is final.
        if (!causedByBind(e)) {
          break;
        }
      }
    }
    if (temporary) {
      deleteRecursively(directory);
    }
    throw failure;
  }

  /** Host and port for {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return configuration.bootstrapServers();
  }

  /** The own port of a further listener, whatever it advertises. */
  public int port(BrokerListener listener) {
    return configuration.listeners().get(listener);
  }

  /** Where the topics are kept. */
  public Path logDir() {
    return configuration.logDir();
  }

  /**
   * Creates the topics that do not exist yet. Returns once every partition takes records: a
   * producer that writes before that has its first batch refused and perhaps its second one
   * accepted, which its sequence numbers then do not forgive.
   */
  public void createTopics(Map<String, Integer> partitionsByTopic) {
    try (Admin admin =
        Admin.create(
            Map.<String, Object>of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()))) {
      List<NewTopic> topics = new ArrayList<>();
      Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
      partitionsByTopic.forEach(
          (topic, count) -> {
            topics.add(new NewTopic(topic, count, (short) 1));
            for (int partition = 0; partition < count; partition++) {
              partitions.put(new TopicPartition(topic, partition), OffsetSpec.latest());
            }
          });
      for (KafkaFuture<Void> created : admin.createTopics(topics).values().values()) {
        awaitUnlessExists(created);
      }
      awaitLeaders(admin, partitions);
    }
  }

  /**
   * A broker that is busy can take a moment to learn of a topic that its controller has created.
   */
  private static void awaitLeaders(Admin admin, Map<TopicPartition, OffsetSpec> partitions) {
    for (int attempt = 1; true; attempt++) {
      try {
        admin.listOffsets(partitions).all().get();
        return;
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof RetriableException) || attempt == LEADER_ATTEMPTS) {
          throw new IllegalStateException(
              "A new topic takes no records: " + e.getCause().getMessage(), e);
        }
        LockSupport.parkNanos(LEADER_PAUSE_NANOS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while creating topics", e);
      }
    }
  }

  /** Stops the broker in good order; topics and offsets stay on disk. Does nothing when stopped. */
  public void stop() {
    if (server != null) {
      server.shutdown();
      server.awaitShutdown();
      server = null;
    }
  }

  /** Stops if running, then starts on the same ports with the same data. */
  public void restart() {
    stop();
    startServer();
  }

  /** Stops, and deletes the data if the directory was a temporary one. */
  @Override
  public void close() {
    stop();
    if (temporary) {
      deleteRecursively(configuration.logDir());
    }
  }

  private void startServer() {
    KafkaRaftServer starting = null;
    try {
      if (Files.exists(configuration.logDir().resolve(TRANSACTIONS))) {
        FormerLeadership.end(configuration);
      }
      format();
      starting =
          new KafkaRaftServer(
              KafkaConfig.fromProps(configuration.toProperties(), false), Time.SYSTEM);
      starting.startup();
      server = starting;
    } catch (Exception e) {
      if (starting != null) {
        starting.shutdown();
      }
      throw new IllegalStateException(
          "The embedded broker did not start in " + configuration.logDir() + ": " + e.getMessage(),
          e);
    }
  }

  private void format() throws Exception {
    // Written last by the formatter; a directory that has it keeps its own cluster id.
    if (Files.exists(configuration.logDir().resolve("meta.properties"))) {
      return;
    }
    Files.createDirectories(configuration.logDir());
    new Formatter()
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .setNodeId(BrokerConfiguration.NODE_ID)
        .setClusterId(Uuid.randomUuid().toString())
        .setControllerListenerName(BrokerConfiguration.CONTROLLER_LISTENER)
        .setMetadataLogDirectory(configuration.logDir().toString())
        .addDirectory(configuration.logDir().toString())
        .setReleaseVersion(MetadataVersion.latestProduction())
        .setIgnoreFormatted(true)
        .run();
  }

  private static BrokerConfiguration onFreePorts(
      Path logDir, List<BrokerListener> listeners, Map<String, String> properties) {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      // All are open at once, so that the ports differ.
      for (int i = 0; i < 2 + listeners.size(); i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      Map<BrokerListener, Integer> ports = new LinkedHashMap<>();
      for (int i = 0; i < listeners.size(); i++) {
        ports.put(listeners.get(i), sockets.get(2 + i).getLocalPort());
      }
      return new BrokerConfiguration(
          logDir,
          sockets.get(0).getLocalPort(),
          sockets.get(1).getLocalPort(),
          ports,
          Map.copyOf(properties));
    } catch (IOException e) {
      throw new UncheckedIOException("No free port on the loopback interface", e);
    } finally {
      sockets.forEach(EmbeddedBroker::closeQuietly);
    }
  }

  private static void closeQuietly(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void awaitUnlessExists(KafkaFuture<?> created) {
    try {
      created.get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new IllegalStateException("Cannot create a topic: " + e.getCause().getMessage(), e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while creating topics", e);
    }
  }

  private static boolean causedByBind(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof BindException) {
        return true;
      }
    }
    return false;
  }

  private static Path temporaryDirectory() {
    try {
      return Files.createTempDirectory("cairn-broker-");
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot create a temporary directory for the broker", e);
    }
  }

  private static void deleteRecursively(Path directory) {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + directory, e);
    }
  }
}
