package dev.cairn.streaming;

import static dev.cairn.streaming.StreamBench.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.broker.EmbeddedBroker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
@ExtendWith(SharedBroker.class)
class RebalanceIT {

  private final EmbeddedBroker broker;

  RebalanceIT(EmbeddedBroker broker) {
    this.broker = broker;
  }

  @ParameterizedTest
  @EnumSource
  void streams_that_come_and_go_lose_nothing_and_repeat_nothing_that_was_drained(
      DeliveryGuarantee delivery) throws Exception {
    try (StreamBench bench = new StreamBench(broker, delivery, 4)) {
      // Given
      Set<String> byFirst = ConcurrentHashMap.newKeySet();
      Set<String> bySecond = ConcurrentHashMap.newKeySet();
      RecordStream first = bench.start(slow(bench, byFirst));
      bench.sendNumbers(0, 300);
      await().until(() -> byFirst.size() >= 20);

      // When
      RecordStream second = bench.start(slow(bench, bySecond));
      await().atMost(30, TimeUnit.SECONDS).until(() -> bySecond.size() >= 20 || sendMore(bench));
      StreamBench.stop(first);
      bench.sendNumbers(1_000_000, 1_000_050);

      // Then
      await()
          .atMost(30, TimeUnit.SECONDS)
          .until(() -> bySecond.containsAll(RecordStreamIT.numbers(1_000_000, 1_000_050)));
      StreamBench.stop(second);
      int sent = 350 + more;
      assertThat(bench.committed()).isEqualTo(sent);
      assertThat(bench.readText(bench.output, sent)).hasSize(sent).doesNotHaveDuplicates();
    }
  }

  private int more;

  /** Keeps records coming until the newcomer has its share. */
  private boolean sendMore(StreamBench bench) throws Exception {
    bench.sendNumbers(1000 + more, 1000 + more + 10);
    more += 10;
    return false;
  }

  @ParameterizedTest
  @EnumSource
  void a_revoke_waits_for_what_is_in_flight_so_that_the_next_owner_does_not_repeat_it(
      DeliveryGuarantee delivery) throws Exception {
    try (StreamBench bench = new StreamBench(broker, delivery, 2)) {
      // Given
      Queue<CompletableFuture<Outcome>> held = new ConcurrentLinkedQueue<>();
      bench.sendNumbers(0, 20);
      bench.start(
          received -> {
            CompletableFuture<Outcome> outcome = new CompletableFuture<>();
            held.add(outcome);
            return outcome.thenApply(_ -> bench.echo(received));
          });
      await().until(() -> held.size() == 20);
      Set<String> repeated = ConcurrentHashMap.newKeySet();

      // When
      bench.start(
          received -> {
            repeated.add(text(received));
            return bench.echoed(received);
          });
      CompletableFuture.delayedExecutor(2, TimeUnit.SECONDS)
          .execute(() -> held.forEach(outcome -> outcome.complete(null)));

      // Then
      await().untilAsserted(() -> assertThat(bench.committed()).isEqualTo(20));
      assertThat(bench.readText(bench.output, 20)).hasSize(20).doesNotHaveDuplicates();
      assertThat(repeated).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_comes_again_because_the_groups_offsets_were_set_back_is_counted(
      DeliveryGuarantee delivery) throws Exception {
    try (StreamBench bench = new StreamBench(broker, delivery, 2)) {
      // Given
      bench.sendNumbers(0, 20);
      RecordStream stream = bench.start(bench::echoed);
      await().until(() -> bench.committed() == 20);

      // When
      long setBack = takeAPartitionAndSetItBack(bench);

      // Then
      await().atMost(30, TimeUnit.SECONDS).until(() -> bench.committed() == 20);
      assertThat(bench.registry.get("cairn.stream.set.back").counter().count())
          .isEqualTo(setBack)
          .isPositive();
      assertThat(bench.readText(bench.output, 20 + (int) setBack)).hasSize(20 + (int) setBack);
      assertThat(stream.healthy()).isTrue();
    }
  }

  /** Returns by how many offsets. */
  private static long takeAPartitionAndSetItBack(StreamBench bench) {
    Map<String, Object> properties = new HashMap<>(bench.clientProperties());
    properties.put("group.id", bench.group);
    properties.put("enable.auto.commit", false);
    properties.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
    try (var member =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      member.subscribe(List.of(bench.input));
      while (member.assignment().isEmpty()) {
        member.poll(Duration.ofMillis(100));
      }
      TopicPartition taken = member.assignment().iterator().next();
      long committed = member.committed(Set.of(taken)).get(taken).offset();
      member.commitSync(Map.of(taken, new OffsetAndMetadata(0)));
      return committed;
    }
  }

  private static RecordHandler slow(StreamBench bench, Set<String> handled) {
    return received ->
        CompletableFuture.supplyAsync(
            () -> {
              handled.add(text(received));
              return bench.echo(received);
            },
            CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS));
  }
}
