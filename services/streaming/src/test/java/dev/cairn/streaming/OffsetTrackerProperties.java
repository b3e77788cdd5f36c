package dev.cairn.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.streaming.OffsetTracker.Ticket;
import dev.cairn.streaming.OffsetTracker.Watermark;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.apache.kafka.common.TopicPartition;

/** Any interleaving of what a broker and a handler can do to a tracker, against a plain model. */
class OffsetTrackerProperties {

  /** One thing that happens; choice picks among the records under way, gap leaves offsets out. */
  record Event(Kind kind, int partition, int choice, int gap) {}

  enum Kind {
    RECEIVE,
    COMPLETE,
    COMMIT,
    REVOKE,
    ASSIGN
  }

  @Property(tries = 2000)
  void never_commits_past_an_incomplete_record_and_never_moves_back_within_an_epoch(
      @ForAll("events") List<Event> events) {
    World world = new World();
    events.forEach(world::happen);
  }

  @Property(tries = 1000)
  void commits_everything_once_everything_completes(@ForAll("events") List<Event> events) {
    // Given
    World world = new World();
    events.forEach(world::happen);

    // When
    world.assignAll();
    world.receiveWhatWasNotCommitted();
    world.completeAll();
    world.commit();

    // Then
    assertThat(world.committed).isEqualTo(world.ends());
    assertThat(world.tracker.oldestTimestamp()).isEmpty();
  }

  @Provide
  Arbitrary<List<Event>> events() {
    return Combinators.combine(
            Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.just(Kind.RECEIVE)),
                Tuple.of(6, Arbitraries.just(Kind.COMPLETE)),
                Tuple.of(2, Arbitraries.just(Kind.COMMIT)),
                Tuple.of(1, Arbitraries.of(Kind.REVOKE, Kind.ASSIGN))),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 1000),
            Arbitraries.integers().between(0, 2))
        .as(Event::new)
        .list()
        .ofMaxSize(200);
  }

  /** A broker's log and committed offsets, a member of its group, and records under way. */
  private static final class World {
    final OffsetTracker tracker = new OffsetTracker(1_000_000);
    final Map<TopicPartition, Long> committed = new HashMap<>();
    private final Map<TopicPartition, List<Long>> log = new HashMap<>();
    private final Map<TopicPartition, Integer> position = new HashMap<>();
    private final List<Ticket> underWay = new ArrayList<>();
    private final Set<String> processed = new HashSet<>();
    private final Map<TopicPartition, Set<Ticket>> ofThisEpoch = new HashMap<>();
    private final Map<TopicPartition, Watermark> last = new HashMap<>();

    void happen(Event event) {
      TopicPartition partition = new TopicPartition("t", event.partition());
      switch (event.kind()) {
        case RECEIVE -> receive(partition, event.gap());
        case COMPLETE -> complete(event.choice());
        case COMMIT -> commit();
        case REVOKE -> revoke(partition);
        case ASSIGN -> assign(partition);
      }
      check();
    }

    private void receive(TopicPartition partition, int gap) {
      if (!tracker.assigned().contains(partition)) {
        return;
      }
      List<Long> records = log.computeIfAbsent(partition, _ -> new ArrayList<>());
      int next = position.get(partition);
      if (next == records.size()) {
        records.add((records.isEmpty() ? 0 : records.getLast() + 1) + gap);
      }
      Ticket ticket = tracker.received(partition, records.get(next), 0);
      underWay.add(ticket);
      ofThisEpoch.get(partition).add(ticket);
      position.put(partition, next + 1);
    }

    private void complete(int choice) {
      if (!underWay.isEmpty()) {
        Ticket ticket = underWay.remove(choice % underWay.size());
        processed.add(ticket.partition + "@" + ticket.offset);
        boolean counts = ofThisEpoch.getOrDefault(ticket.partition, new HashSet<>()).remove(ticket);
        assertThat(tracker.completed(ticket)).as("counts in its own epoch only").isEqualTo(counts);
        assertThat(tracker.completed(ticket))
            .as("a second completion counts for nothing")
            .isFalse();
      }
    }

    void commit() {
      Map<TopicPartition, Watermark> moved = tracker.committable();
      moved.forEach((partition, watermark) -> committed.put(partition, watermark.offset()));
      tracker.committed(moved);
      assertThat(tracker.committable()).isEmpty();
    }

    private void revoke(TopicPartition partition) {
      tracker.revoke(List.of(partition));
      ofThisEpoch.remove(partition);
    }

    private void assign(TopicPartition partition) {
      tracker.assign(List.of(partition));
      ofThisEpoch.put(partition, new HashSet<>());
      List<Long> records = log.getOrDefault(partition, List.of());
      long from = committed.getOrDefault(partition, 0L);
      position.put(partition, (int) records.stream().filter(offset -> offset < from).count());
    }

    void assignAll() {
      for (int i = 0; i < 3; i++) {
        assign(new TopicPartition("t", i));
      }
    }

    void receiveWhatWasNotCommitted() {
      log.forEach(
          (partition, records) -> {
            while (position.get(partition) < records.size()) {
              receive(partition, 0);
            }
          });
    }

    void completeAll() {
      while (!underWay.isEmpty()) {
        complete(underWay.size() / 2);
      }
    }

    Map<TopicPartition, Long> ends() {
      Map<TopicPartition, Long> ends = new HashMap<>();
      log.forEach((partition, records) -> ends.put(partition, records.getLast() + 1));
      return ends;
    }

    private void check() {
      ofThisEpoch.forEach(
          (partition, tickets) ->
              assertThat(tracker.incomplete(partition)).isEqualTo(tickets.size()));
      tracker
          .committable()
          .forEach(
              (partition, watermark) -> {
                assertThat(
                        log.get(partition).stream().filter(offset -> offset < watermark.offset()))
                    .as("everything below the watermark was processed")
                    .allMatch(offset -> processed.contains(partition + "@" + offset));
                Watermark before = last.put(partition, watermark);
                if (before != null && before.epoch() == watermark.epoch()) {
                  assertThat(watermark.offset()).isGreaterThanOrEqualTo(before.offset());
                }
              });
    }
  }
}
