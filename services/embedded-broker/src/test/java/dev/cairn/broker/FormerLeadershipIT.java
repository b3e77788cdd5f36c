package dev.cairn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.kafka.common.metadata.PartitionChangeRecord;
import org.apache.kafka.common.metadata.PartitionRecord;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.metadata.MetadataRecordSerde;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FormerLeadershipIT {

  private static final int NOBODY = -1;

  @Test
  void a_node_that_was_stopped_leads_its_partitions_until_its_broker_is_forgotten(
      @TempDir Path directory) throws Exception {
    // Given
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory)) {
      broker.createTopics(Map.of("numbers", 3));
    }
    assertThat(leaders(directory)).hasSize(3).containsOnly(BrokerConfiguration.NODE_ID);

    // When
    FormerLeadership.end(configuration(directory));

    // Then
    assertThat(leaders(directory)).hasSize(3).containsOnly(NOBODY);
  }

  @Test
  void a_broker_that_is_forgotten_already_is_forgotten_without_complaint(@TempDir Path directory)
      throws Exception {
    // Given
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory)) {
      broker.createTopics(Map.of("numbers", 1));
    }
    FormerLeadership.end(configuration(directory));

    // When
    FormerLeadership.end(configuration(directory));

    // Then
    assertThat(leaders(directory)).containsExactly(NOBODY);
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory)) {
      broker.createTopics(Map.of("numbers", 1));
      assertThat(broker.logDir()).isEqualTo(directory);
    }
    assertThat(leaders(directory)).containsExactly(BrokerConfiguration.NODE_ID);
  }

  /** Who leads each partition by the last word on it in the log of the node's controller. */
  private static List<Integer> leaders(Path directory) throws IOException {
    Map<String, Integer> leaders = new HashMap<>();
    for (Path segment : segments(directory)) {
      try (FileRecords log = FileRecords.open(segment.toFile(), false)) {
        for (FileChannelRecordBatch batch : log.batches()) {
          if (!batch.isControlBatch()) {
            batch.forEach(record -> follow(message(record), leaders));
          }
        }
      }
    }
    return List.copyOf(leaders.values());
  }

  private static List<Path> segments(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("__cluster_metadata-0"))) {
      return files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    }
  }

  private static ApiMessage message(Record record) {
    return MetadataRecordSerde.INSTANCE
        .read(new ByteBufferAccessor(record.value()), record.valueSize())
        .message();
  }

  private static void follow(ApiMessage message, Map<String, Integer> leaders) {
    switch (message) {
      case PartitionRecord made ->
          leaders.put(made.topicId() + "-" + made.partitionId(), made.leader());
      case PartitionChangeRecord changed ->
          leader(changed)
              .ifPresent(
                  leader -> leaders.put(changed.topicId() + "-" + changed.partitionId(), leader));
      default -> {
        // Of something else.
      }
    }
  }

  /** A change names a leader, or nobody (-1), or leaves the one that there is (-2). */
  private static OptionalInt leader(PartitionChangeRecord changed) {
    return changed.leader() >= NOBODY ? OptionalInt.of(changed.leader()) : OptionalInt.empty();
  }

  /** Of the node whose directory it is, on ports of its own. */
  private static BrokerConfiguration configuration(Path directory) throws IOException {
    try (ServerSocket client = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket controller = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new BrokerConfiguration(
          directory, client.getLocalPort(), controller.getLocalPort(), Map.of(), Map.of());
    }
  }
}
