package dev.cairn.broker;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.utils.Time;

/**
 * What a node remembers of its life before: that it leads all partitions.
 *
 * <p>Why does it have to forget that before its broker starts? A broker that begins as the leader
 * it was resumes the transactions that were to end when it was stopped or killed, before it takes
 * any request, its own included. Some seconds later the controller finds that the broker of old is
 * silent, and takes the leadership away until the new one is registered. Just then Kafka 4.3.1
 * takes partitions without a leader for deleted ones (KAFKA-20734), and the ends of those
 * transactions for written: committed records stay hidden, or aborted ones come out with the next
 * that are committed.
 */
final class FormerLeadership {

  private static final long LONGEST_SECONDS = 60;

  private FormerLeadership() {}

  /** Starts the controller alone, has it forget the broker, and stops it. */
  static void end(BrokerConfiguration configuration) throws Exception {
    KafkaRaftServer controller =
        new KafkaRaftServer(
            KafkaConfig.fromProps(configuration.toControllerProperties(), false), Time.SYSTEM);
    try {
      controller.startup();
      unregister(configuration.bootstrapControllers());
    } finally {
      controller.shutdown();
      controller.awaitShutdown();
    }
  }

  private static void unregister(String bootstrapControllers)
      throws InterruptedException, ExecutionException, TimeoutException {
    try (Admin admin =
        Admin.create(
            Map.<String, Object>of(
                AdminClientConfig.BOOTSTRAP_CONTROLLERS_CONFIG, bootstrapControllers))) {
      admin
          .unregisterBroker(BrokerConfiguration.NODE_ID)
          .all()
          .get(LONGEST_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof BrokerIdNotRegisteredException)) {
        throw e;
      }
    }
  }
}
