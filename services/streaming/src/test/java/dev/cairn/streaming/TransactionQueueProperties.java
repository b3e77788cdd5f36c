package dev.cairn.streaming;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.streaming.OffsetTracker.Ticket;
import dev.cairn.streaming.TransactionQueue.Batch;
import dev.cairn.streaming.TransactionQueue.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** Any interleaving of arrivals, results, transactions, refusals and revokes. */
class TransactionQueueProperties {

  enum Kind {
    RECEIVE,
    READY,
    COMMIT,
    ABORT,
    REFUSE,
    FORGET
  }

  record Event(Kind kind, int partition, int choice) {}

  @Property(tries = 2000)
  void what_is_committed_is_gapless_and_in_order_and_never_twice(
      @ForAll("events") List<Event> events) {
    World world = new World();
    events.forEach(world::happen);
  }

  @Property(tries = 1000)
  void nobody_waits_for_ever_once_everything_is_ready(@ForAll("events") List<Event> events) {
    // Given
    World world = new World();
    events.forEach(world::happen);

    // When
    while (!world.computing.isEmpty()) {
      world.happen(new Event(Kind.READY, 0, 0));
    }
    world.happen(new Event(Kind.COMMIT, 0, 0));

    // Then
    assertThat(world.waiting).allMatch(CompletableFuture::isDone);
    assertThat(world.queue.batch().isEmpty()).isTrue();
  }

  @Provide
  Arbitrary<List<Event>> events() {
    return Combinators.combine(
            Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.just(Kind.RECEIVE)),
                Tuple.of(6, Arbitraries.just(Kind.READY)),
                Tuple.of(2, Arbitraries.of(Kind.COMMIT, Kind.ABORT)),
                Tuple.of(1, Arbitraries.of(Kind.REFUSE, Kind.FORGET))),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 1000))
        .as(Event::new)
        .list()
        .ofMaxSize(150);
  }

  private static final class World {
    final TransactionQueue queue = new TransactionQueue();
    final List<Ticket> computing = new ArrayList<>();
    final List<CompletableFuture<Void>> waiting = new ArrayList<>();
    private final OffsetTracker tracker = new OffsetTracker(1_000_000);
    private final Map<TopicPartition, Long> next = new HashMap<>();
    private final Map<TopicPartition, Long> committed = new HashMap<>();
    private final Set<String> published = new HashSet<>();

    void happen(Event event) {
      TopicPartition partition = new TopicPartition("t", event.partition());
      switch (event.kind()) {
        case RECEIVE -> receive(partition);
        case READY -> ready(event.choice());
        case COMMIT -> commit();
        case ABORT -> queue.batch();
        case REFUSE -> refuse(event.choice());
        case FORGET -> forget(partition);
      }
    }

    private void receive(TopicPartition partition) {
      if (!tracker.assigned().contains(partition)) {
        tracker.assign(List.of(partition));
      }
      // After a revoke the next owner begins where the last commit was.
      long offset = next.merge(partition, 1L, Long::sum) - 1;
      Ticket ticket = tracker.received(partition, offset, 0);
      queue.received(ticket);
      computing.add(ticket);
    }

    private void ready(int choice) {
      if (!computing.isEmpty()) {
        Ticket ticket = computing.remove(choice % computing.size());
        waiting.add(
            queue.ready(
                ticket,
                List.of(
                    new ProducerRecord<>("out", (ticket + "@" + ticket.offset).getBytes(UTF_8)))));
      }
    }

    private void commit() {
      Batch batch = queue.batch();
      Map<TopicPartition, Long> expected = new HashMap<>(committed);
      for (Entry entry : batch.entries()) {
        TopicPartition partition = entry.ticket.partition;
        assertThat(entry.ticket.offset)
            .as("no record is skipped or repeated")
            .isEqualTo(expected.getOrDefault(partition, 0L));
        expected.put(partition, entry.ticket.offset + 1);
        assertThat(published.add(partition + "@" + entry.ticket.offset)).isTrue();
      }
      batch
          .offsets()
          .forEach(
              (partition, offset) -> {
                assertThat(offset.offset()).isEqualTo(expected.get(partition));
                committed.put(partition, offset.offset());
              });
      queue.committed(batch).forEach(future -> future.complete(null));
    }

    /** As the stream does it: the future fails, and the record's dead letter is ready instead. */
    private void refuse(int choice) {
      List<Entry> entries = queue.batch().entries();
      if (!entries.isEmpty()) {
        Entry refused = entries.get(choice % entries.size());
        queue.refused(refused).orElseThrow().completeExceptionally(new IllegalStateException());
        computing.add(refused.ticket);
      }
    }

    private void forget(TopicPartition partition) {
      queue.forget(List.of(partition)).forEach(future -> future.complete(null));
      tracker.revoke(List.of(partition));
      next.put(partition, committed.getOrDefault(partition, 0L));
    }
  }
}
