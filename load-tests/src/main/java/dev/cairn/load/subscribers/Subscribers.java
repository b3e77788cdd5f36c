package dev.cairn.load.subscribers;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Many readers of one gateway's event stream, while its pipeline works: some of them cut off again
 * and again, some so slow that they read nothing. On one thread, so that it takes little from what
 * it measures.
 */
@Command(name = "subscribers", mixinStandardHelpOptions = true)
public final class Subscribers implements Callable<Integer> {

  @Option(names = "--gateway", required = true, description = "address of a gateway")
  private URI gateway;

  @Option(names = "--readers", description = "readers that keep up (${DEFAULT-VALUE})")
  private int count = 500;

  @Option(names = "--slow", description = "readers that read nothing (${DEFAULT-VALUE})")
  private int slowCount = 10;

  @Option(names = "--cuts", description = "readers cut off each second (${DEFAULT-VALUE})")
  private int cuts = 5;

  @Option(names = "--seconds", description = "how long (${DEFAULT-VALUE})")
  private int seconds = 60;

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
  private final List<StreamReader> readers = new ArrayList<>();
  private final List<StreamReader> slow = new ArrayList<>();

  public static void main(String[] args) {
    System.exit(new CommandLine(new Subscribers()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    InetSocketAddress address = new InetSocketAddress(gateway.getHost(), gateway.getPort());
    try (Selector selector = Selector.open();
        Selector unread = Selector.open()) {
      for (int i = 0; i < count; i++) {
        readers.add(new StreamReader(address, selector));
        select(selector, 0);
      }
      for (int i = 0; i < slowCount; i++) {
        slow.add(new StreamReader(address, unread));
      }
      follow(selector);
      long until = System.nanoTime() + 15_000_000_000L;
      while (System.nanoTime() < until && slow.stream().anyMatch(reader -> !reader.ended)) {
        select(unread, 100);
      }
      for (StreamReader reader : readers) {
        reader.close();
      }
    }
    return print();
  }

  private void follow(Selector selector) throws IOException {
    int next = 0;
    for (int second = 0; second < seconds; second++) {
      long until = System.nanoTime() + 1_000_000_000L;
      while (System.nanoTime() < until) {
        select(selector, 10);
        reconnectThoseThatEnded();
      }
      for (int i = 0; i < Math.min(cuts, count) && second < seconds - 5; i++) {
        StreamReader reader = readers.get(next++ % count);
        reader.cut();
        reader.connect();
      }
    }
  }

  private void reconnectThoseThatEnded() throws IOException {
    for (StreamReader reader : readers) {
      if (reader.ended) {
        reader.connect();
      }
    }
  }

  private void select(Selector selector, long millis) throws IOException {
    selector.select(
        key -> {
          try {
            ((StreamReader) key.attachment()).read(buffer);
          } catch (IOException e) {
            throw new IllegalStateException("a stream broke", e);
          }
        },
        Math.max(1, millis));
  }

  private int print() {
    long events = readers.stream().mapToLong(StreamReader::events).sum();
    long gaps = readers.stream().mapToLong(reader -> reader.gaps).sum();
    long duplicates = readers.stream().mapToLong(reader -> reader.duplicates).sum();
    long resets = readers.stream().mapToLong(reader -> reader.resets).sum();
    long resumed = readers.stream().mapToLong(reader -> reader.connections - 1L).sum();
    long least = readers.stream().mapToLong(StreamReader::events).min().orElse(0);
    System.out.printf("%d readers for %d s%n", count, seconds);
    System.out.printf("events delivered       %,d (%,d a second)%n", events, events / seconds);
    System.out.printf("fewest to one reader   %,d%n", least);
    System.out.printf("connections resumed    %,d, of which began anew %d%n", resumed, resets);
    System.out.printf("gaps, duplicates       %d, %d%n", gaps, duplicates);
    long[] spread = spread();
    System.out.printf(
        "behind the first       p50 %d ms, p99 %d ms, max %d ms%n",
        quantile(spread, 0.5), quantile(spread, 0.99), quantile(spread, 1));
    System.out.printf(
        "slow readers           %d, of which told that they are behind, and let go, %d%n",
        slow.size(), slow.stream().filter(reader -> reader.toldBehind).count());
    slow.forEach(
        reader -> System.out.printf("  one was sent %,d events before%n", reader.events()));
    return gaps == 0 && duplicates == 0 && resets == 0 && least > 0 ? 0 : 1;
  }

  /** For each delivery, how long after the first reader that had the same event; sorted. */
  private long[] spread() {
    Map<Long, Long> first = new HashMap<>();
    for (StreamReader reader : readers) {
      for (int i = 0; i < reader.events(); i++) {
        first.merge(reader.number(i), reader.arrivedMillis(i), Math::min);
      }
    }
    return readers.stream()
        .filter(reader -> reader.connections == 1) // a reader that resumes catches up
        .flatMapToLong(
            reader ->
                IntStream.range(0, reader.events())
                    .mapToLong(i -> reader.arrivedMillis(i) - first.get(reader.number(i))))
        .sorted()
        .toArray();
  }

  private static long quantile(long[] sorted, double share) {
    return sorted.length == 0 ? -1 : sorted[(int) Math.ceil(share * (sorted.length - 1))];
  }
}
