package dev.cairn.gateway.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class EventRingProperties {

  @Property
  void the_ring_holds_the_latest_events_within_both_bounds(
      @ForAll @IntRange(min = 1, max = 8) int capacity,
      @ForAll @IntRange(min = 1, max = 60) int mostBytes,
      @ForAll @Size(max = 40) List<@IntRange(min = 1, max = 20) Integer> sizes) {
    EventRing ring = new EventRing(capacity, mostBytes);

    for (int size : sizes) {
      ring.append(number -> new LiveEvent("g" + number, Buffer.buffer(new byte[size])));
    }

    assertThat(ring.end()).isEqualTo(sizes.size() + 1L);
    assertThat(ring.end() - ring.begin()).isLessThanOrEqualTo(capacity);
    long bytes = 0;
    for (long number = ring.begin(); number < ring.end(); number++) {
      assertThat(ring.get(number).generationId()).isEqualTo("g" + number);
      bytes += ring.get(number).frame().length();
    }
    // The latest event stays, however large.
    assertThat(bytes <= mostBytes || ring.end() - ring.begin() == 1).isTrue();
  }

  @Property
  void an_id_resumes_exactly_where_nothing_is_lost(
      @ForAll @IntRange(min = 0, max = 30) int appended,
      @ForAll @IntRange(min = 0, max = 40) int seen) {
    EventRing ring = new EventRing(8, Long.MAX_VALUE);
    for (int i = 0; i < appended; i++) {
      ring.append(_ -> new LiveEvent("g", Buffer.buffer("x")));
    }

    var next = new EventId("a", seen).next("a", ring);

    boolean lossless = seen <= appended && seen + 1 >= ring.begin();
    assertThat(next.isPresent()).isEqualTo(lossless);
    next.ifPresent(number -> assertThat(number).isEqualTo(seen + 1));
    assertThat(new EventId("b", seen).next("a", ring)).isEmpty();
  }
}
