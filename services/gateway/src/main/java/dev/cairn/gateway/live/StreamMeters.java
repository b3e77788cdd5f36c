package dev.cairn.gateway.live;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** Meters of the event streams. */
public final class StreamMeters {

  private final MeterRegistry registry;
  private final AtomicInteger open = new AtomicInteger();
  private final Counter sent;

  public StreamMeters(MeterRegistry registry) {
    this.registry = registry;
    this.sent =
        Counter.builder("cairn.gateway.events.sent")
            .description("Events written to readers")
            .register(registry);
    Gauge.builder("cairn.gateway.subscribers", open, AtomicInteger::get)
        .description("Open event streams")
        .register(registry);
    disconnections("behind");
  }

  void opened() {
    open.incrementAndGet();
  }

  void closed() {
    open.decrementAndGet();
  }

  void sent(long events) {
    sent.increment(events);
  }

  void disconnected(String reason) {
    disconnections(reason).increment();
  }

  private Counter disconnections(String reason) {
    return Counter.builder("cairn.gateway.disconnections")
        .description("Event streams that the gateway ended, by reason")
        .tag("reason", reason)
        .register(registry);
  }
}
