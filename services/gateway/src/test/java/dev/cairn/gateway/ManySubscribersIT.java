package dev.cairn.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.schemas.v1.Attribution;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Five hundred readers at once: as many as a large screen wall, a class, or a careless script. */
class ManySubscribersIT {

  private static final int READERS = 500;
  private static final int EVENTS = 300;
  private static final byte[] REQUEST =
      "GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII);

  @Test
  void five_hundred_readers_are_all_told_everything_without_a_thread_each() throws IOException {
    try (GatewayUnderTest gateway = GatewayUnderTest.start();
        Readers readers = new Readers(gateway.port())) {
      int threadsBefore = Thread.activeCount();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                readers.read();
                return subscribers(gateway) == READERS;
              });

      long begun = System.nanoTime();
      gateway.attribute(events());
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(1))
          .until(
              () -> {
                readers.read();
                return readers.complete();
              });
      double seconds = (System.nanoTime() - begun) / 1e9;

      assertThat(readers.counts()).containsOnly(EVENTS);
      assertThat(Thread.activeCount() - threadsBefore).isLessThan(20);
      System.Logger log = System.getLogger(ManySubscribersIT.class.getName());
      log.log(
          System.Logger.Level.WARNING,
          "%d readers × %d events in %.2f s: %.0f events a second"
              .formatted(READERS, EVENTS, seconds, READERS * EVENTS / seconds));
    }
  }

  private static double subscribers(GatewayUnderTest gateway) {
    return gateway.meters.get("cairn.gateway.subscribers").gauge().value();
  }

  private static List<Attribution> events() {
    return IntStream.range(0, EVENTS)
        .mapToObj(i -> Attributions.of("many", i % 5).toBuilder().setResultId("many-" + i).build())
        .toList();
  }

  /** Readers on one selector, so that the test itself needs no thread each either. */
  private static final class Readers implements AutoCloseable {
    private static final byte[] MARK = "event: attribution".getBytes(UTF_8);

    private final Selector selector = Selector.open();
    private final List<Reader> readers = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 20);

    Readers(int port) throws IOException {
      for (int i = 0; i < READERS; i++) {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.write(ByteBuffer.wrap(REQUEST));
        channel.configureBlocking(false);
        Reader reader = new Reader(channel);
        channel.register(selector, SelectionKey.OP_READ, reader);
        readers.add(reader);
      }
    }

    /** Takes what has arrived. */
    void read() throws IOException {
      selector.select(
          key -> {
            try {
              ((Reader) key.attachment()).read(buffer);
            } catch (IOException e) {
              throw new AssertionError("a stream broke", e);
            }
          },
          10);
    }

    boolean complete() {
      return readers.stream().allMatch(reader -> reader.events >= EVENTS);
    }

    List<Integer> counts() {
      return readers.stream().map(reader -> reader.events).toList();
    }

    @Override
    public void close() throws IOException {
      for (Reader reader : readers) {
        reader.channel.close();
      }
      selector.close();
    }

    /** Counts events by their first line, which a read may cut in two. */
    private static final class Reader {
      private final SocketChannel channel;
      private int events;
      private int matched;

      Reader(SocketChannel channel) {
        this.channel = channel;
      }

      void read(ByteBuffer buffer) throws IOException {
        buffer.clear();
        if (channel.read(buffer) < 0) {
          throw new IOException("ended");
        }
        buffer.flip();
        while (buffer.hasRemaining()) {
          byte next = buffer.get();
          matched = next == MARK[matched] ? matched + 1 : next == MARK[0] ? 1 : 0;
          if (matched == MARK.length) {
            events++;
            matched = 0;
          }
        }
      }
    }
  }
}
