package dev.cairn.broker;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.function.BiFunction;

/**
 * The settings of a single node that is its own controller, sized for one process on one machine.
 */
record BrokerConfiguration(
    Path logDir,
    int clientPort,
    int controllerPort,
    Map<BrokerListener, Integer> listeners,
    Map<String, String> properties) {

  static final int NODE_ID = 1;
  static final String CONTROLLER_LISTENER = "CONTROLLER";
  static final String HOST = "127.0.0.1";

  /** Largest record batch the broker accepts; a latent of 4 x 256 x 256 floats is 1 MiB. */
  static final int MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

  String bootstrapServers() {
    return HOST + ":" + clientPort;
  }

  String bootstrapControllers() {
    return HOST + ":" + controllerPort;
  }

  /** Of the same node without its broker. */
  Properties toControllerProperties() {
    Properties p = new Properties();
    p.put("process.roles", "controller");
    p.put("node.id", String.valueOf(NODE_ID));
    p.put("controller.quorum.voters", NODE_ID + "@" + bootstrapControllers());
    p.put("controller.listener.names", CONTROLLER_LISTENER);
    p.put("listeners", CONTROLLER_LISTENER + "://" + bootstrapControllers());
    p.put("listener.security.protocol.map", CONTROLLER_LISTENER + ":PLAINTEXT");
    p.put("log.dirs", logDir.toString());
    return p;
  }

  Properties toProperties() {
    Properties p = toControllerProperties();
    p.put("process.roles", "broker,controller");
    p.put(
        "listeners",
        "PLAINTEXT://"
            + bootstrapServers()
            + ","
            + p.get("listeners")
            + joined((listener, port) -> listener.name() + "://" + HOST + ":" + port));
    p.put(
        "advertised.listeners",
        "PLAINTEXT://"
            + bootstrapServers()
            + joined(
                (listener, port) ->
                    listener.name()
                        + "://"
                        + HOST
                        + ":"
                        + (listener.advertisedPort() > 0 ? listener.advertisedPort() : port)));
    p.put(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,"
            + CONTROLLER_LISTENER
            + ":PLAINTEXT"
            + joined((listener, _) -> listener.name() + ":" + listener.securityProtocol()));

    p.put("auto.create.topics.enable", "false");
    p.put("message.max.bytes", String.valueOf(MAX_MESSAGE_BYTES));
    p.put("replica.fetch.max.bytes", String.valueOf(MAX_MESSAGE_BYTES));

    // One node: every internal topic has one replica, and one partition is enough.
    p.put("default.replication.factor", "1");
    p.put("min.insync.replicas", "1");
    p.put("offsets.topic.num.partitions", "1");
    p.put("offsets.topic.replication.factor", "1");
    p.put("transaction.state.log.num.partitions", "1");
    p.put("transaction.state.log.replication.factor", "1");
    p.put("transaction.state.log.min.isr", "1");
    p.put("share.coordinator.state.topic.num.partitions", "1");
    p.put("share.coordinator.state.topic.replication.factor", "1");
    p.put("share.coordinator.state.topic.min.isr", "1");
    p.put("group.initial.rebalance.delay.ms", "0");

    // Nobody takes over from a single node, so handing its partitions over only leaves them without
    // a leader, in which Kafka 4.3.1 loses the ends of transactions: see FormerLeadership.
    p.put("controlled.shutdown.enable", "false");

    // Retention goes by the records' own timestamps, and what is sent here may tell of times long
    // past: Kafka would delete it within minutes, unread. This broker lives as long as its run.
    p.put("log.retention.ms", "-1");

    // Few threads and little heap: the broker is a guest. The log cleaner alone would take 128 MiB.
    p.put("num.network.threads", "2");
    p.put("num.io.threads", "2");
    p.put("background.threads", "2");
    p.put("log.cleaner.dedupe.buffer.size", String.valueOf(2 * 1024 * 1024));
    p.putAll(properties);
    return p;
  }

  /** What the function gives of each further listener and its port, each behind a comma. */
  private String joined(BiFunction<BrokerListener, Integer, String> shown) {
    StringBuilder all = new StringBuilder();
    listeners.forEach((listener, port) -> all.append(',').append(shown.apply(listener, port)));
    return all.toString();
  }
}
