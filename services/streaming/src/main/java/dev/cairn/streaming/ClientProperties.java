package dev.cairn.streaming;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;

/** The consumer's and the producer's properties, from those that the two share. */
final class ClientProperties {

  private static final int MIB = 1024 * 1024;

  /** Values of auto.offset.reset that {@link StartOffsets} follows in the client's stead. */
  private static final Set<Object> RESET_HERE = Set.of("earliest", "latest");

  /**
   * Few, because a poll decompresses what it returns: a hundred records of 20 MiB fit into a fetch
   * of a megabyte. What was fetched already is returned by the next polls, without waiting.
   */
  private static final int MOST_POLLED = 8;

  private ClientProperties() {}

  /** How many records a poll returns at most, unless told otherwise. */
  static int mostPolled(FlowLimits limits) {
    return Math.min(limits.maxRecords(), MOST_POLLED);
  }

  static Map<String, Object> forConsumer(StreamOptions options) {
    Map<String, Object> properties =
        without(
            options.clientProperties(), ProducerConfig.configNames(), ConsumerConfig.configNames());
    // StartOffsets decides, and tells of what was deleted unread.
    properties.computeIfPresent(
        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
        (_, policy) -> RESET_HERE.contains(policy) ? "none" : policy);
    properties.putIfAbsent(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, mostPolled(options.limits()));
    if (usesClassicProtocol(properties)) {
      // Only the partitions that move are revoked; the others go on during a rebalance.
      properties.putIfAbsent(
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
          CooperativeStickyAssignor.class.getName());
    }
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, options.groupId());
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    // What an aborted transaction of the stage before left in the log must not be read. Costs
    // nothing where nobody uses transactions.
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    return properties;
  }

  /** For a reader that belongs to no group. */
  static Map<String, Object> forReader(Map<String, Object> clientProperties) {
    Map<String, Object> properties =
        without(clientProperties, ProducerConfig.configNames(), ConsumerConfig.configNames());
    properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    return properties;
  }

  static Map<String, Object> forProducer(StreamOptions options) {
    Map<String, Object> properties = forIdempotentProducer(options.clientProperties());
    // Both deliveries send in groups. A moment is enough for a group to become one request, and not
    // one for each of its partitions; and its vectors of some 16 KiB shall not fill a batch each.
    properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 1);
    properties.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
    if (options.delivery() == DeliveryGuarantee.EXACTLY_ONCE) {
      // Nobody else may have the id, or the two would fence each other for ever. It begins with the
      // group, so that a permission can be given for the prefix.
      properties.put(
          ProducerConfig.TRANSACTIONAL_ID_CONFIG,
          options.groupId() + "-" + options.stage() + "-" + UUID.randomUUID());
      // Readers wait for a killed process's open transaction no longer than this.
      properties.putIfAbsent(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 15_000);
    }
    return properties;
  }

  static Map<String, Object> forIdempotentProducer(Map<String, Object> clientProperties) {
    Map<String, Object> properties =
        without(clientProperties, ConsumerConfig.configNames(), ProducerConfig.configNames());
    // The client's own bound must not be what keeps a large record from the dead letters; the
    // broker's and the topic's bounds decide.
    properties.putIfAbsent(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 32 * MIB);
    properties.putIfAbsent(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L * MIB);
    // Tensors shrink little, but what was small on the wire must not be large as a dead letter.
    properties.putIfAbsent(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    // Failures are retried for ever by the stream; these bounds decide how soon it says so.
    properties.putIfAbsent(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
    properties.putIfAbsent(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
    properties.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000L);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    return properties;
  }

  private static boolean usesClassicProtocol(Map<String, Object> properties) {
    Object protocol = properties.getOrDefault(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
    return protocol.toString().toLowerCase(Locale.ROOT).equals("classic");
  }

  /** Without what only the other client knows; a name that neither knows may be a plug-in's. */
  private static Map<String, Object> without(
      Map<String, Object> shared, Set<String> theirs, Set<String> ours) {
    Map<String, Object> properties = new HashMap<>(shared);
    properties.keySet().removeIf(name -> theirs.contains(name) && !ours.contains(name));
    return properties;
  }
}
