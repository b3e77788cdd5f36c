package dev.cairn.streaming;

import static dev.cairn.streaming.StreamBench.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.broker.EmbeddedBroker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A slow model, of which members keep joining and leaving while its records are under way. */
@Timeout(240)
@ExtendWith(SharedBroker.class)
class RebalanceStormIT {

  private static final int RECORDS = 400;
  private static final int ROUNDS = 6;

  private final EmbeddedBroker broker;
  private final Set<String> begun = ConcurrentHashMap.newKeySet();

  RebalanceStormIT(EmbeddedBroker broker) {
    this.broker = broker;
  }

  @ParameterizedTest
  @EnumSource
  void members_of_a_slow_model_that_come_and_go_lose_nothing_and_repeat_no_more_than_promised(
      DeliveryGuarantee delivery) throws Exception {
    try (StreamBench bench = new StreamBench(broker, delivery, 6)) {
      // Given
      bench.sendNumbers(0, RECORDS);
      Deque<RecordStream> members = new ArrayDeque<>();
      members.add(bench.start(slow(bench)));
      await().atMost(Duration.ofSeconds(60)).until(() -> !begun.isEmpty());

      // When
      for (int round = 0; round < ROUNDS; round++) {
        members.addLast(bench.start(slow(bench)));
        if (round % 2 == 1) {
          // Two leave and one joins at once: the group is told of it in the middle of a rebalance.
          CompletableFuture<Void> leaving = members.removeFirst().stop();
          CompletableFuture<Void> another = members.removeFirst().stop();
          members.addLast(bench.start(slow(bench)));
          CompletableFuture.allOf(leaving, another).get(60, TimeUnit.SECONDS);
        }
        int before = begun.size();
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> begun.size() > before || begun.size() == RECORDS);
      }

      // Then
      await()
          .atMost(Duration.ofSeconds(120))
          .untilAsserted(() -> assertThat(bench.committed()).isEqualTo(RECORDS));
      List<String> answered = bench.readText(bench.output, RECORDS);
      assertThat(answered).containsAll(RecordStreamIT.numbers(0, RECORDS));
      if (delivery == DeliveryGuarantee.EXACTLY_ONCE) {
        // At least once repeats what a member could not finish in the time that it has to leave.
        assertThat(answered).doesNotHaveDuplicates();
      }
    }
  }

  /** One record at a time for each member, most of them slow, some very slow. */
  private RecordHandler slow(StreamBench bench) {
    ExecutorService model = Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
    return received ->
        CompletableFuture.supplyAsync(
            () -> {
              begun.add(text(received));
              int millis = ThreadLocalRandom.current().nextInt(100) == 0 ? 500 : 10;
              LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
              return bench.echo(received);
            },
            model);
  }
}
