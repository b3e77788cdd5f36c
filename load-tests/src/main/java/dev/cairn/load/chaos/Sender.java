package dev.cairn.load.chaos;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A producer that loses nothing itself: whatever it counts as sent is acknowledged in the end. */
final class Sender implements AutoCloseable {

  private final KafkaProducer<byte[], byte[]> producer;
  private final Workload workload;
  private final AtomicLong generations = new AtomicLong();
  private final AtomicLong hostile = new AtomicLong();
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private Thread thread;

  Sender(String bootstrapServers, Workload workload) {
    this.workload = workload;
    producer =
        new KafkaProducer<>(
            Map.<String, Object>of(
                "bootstrap.servers",
                bootstrapServers,
                "delivery.timeout.ms",
                300_000,
                "max.block.ms",
                300_000,
                // A broker that was restarted knows only the last batch of a producer. Of two that
                // it
                // took without an answer, it would refuse the first for ever.
                "max.in.flight.requests.per.connection",
                1,
                "max.request.size",
                64 << 20,
                "buffer.memory",
                128L << 20,
                "compression.type",
                "gzip"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Sends at this rate until then, on a thread of its own. */
  void startAt(double recordsPerSecond, long endNanos) {
    long period = (long) (Workload.RECORDS / recordsPerSecond * TimeUnit.SECONDS.toNanos(1));
    thread =
        Thread.ofPlatform()
            .name("sender")
            .start(
                () -> {
                  for (long due = System.nanoTime(); due < endNanos; due += period) {
                    LockSupport.parkNanos(due - System.nanoTime());
                    sendOne();
                  }
                });
  }

  void join() throws Exception {
    thread.join();
    flush();
  }

  /** Sends so many generations as fast as it goes. */
  void send(long count) throws Exception {
    while (generations.get() < count) {
      sendOne();
    }
    flush();
  }

  private void sendOne() {
    long number = generations.get();
    workload.generation(number).forEach(this::send);
    for (HostileRecords.Hostile record : workload.hostile(number)) {
      send(record.record());
      hostile.incrementAndGet();
    }
    generations.incrementAndGet();
  }

  private void send(ProducerRecord<byte[], byte[]> record) {
    producer.send(
        record,
        (_, exception) -> {
          if (exception != null) {
            failure.compareAndSet(null, exception);
          }
        });
  }

  private void flush() throws Exception {
    producer.flush();
    if (failure.get() != null) {
      throw failure.get();
    }
  }

  long generations() {
    return generations.get();
  }

  long hostile() {
    return hostile.get();
  }

  long sent() {
    return generations.get() * Workload.RECORDS + hostile.get();
  }

  @Override
  public void close() {
    producer.close();
  }
}
