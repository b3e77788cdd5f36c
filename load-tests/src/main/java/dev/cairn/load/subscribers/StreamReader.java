package dev.cairn.load.subscribers;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/**
 * One reader of the event stream of all generations, on a selector. Event numbers of such a stream
 * are consecutive, so what is missing or comes twice shows in them alone.
 */
final class StreamReader {

  private static final int LINE_BEGINNING = 64;

  private final InetSocketAddress address;
  private final Selector selector;
  private final byte[] line = new byte[LINE_BEGINNING];
  private SocketChannel channel;
  private int length;
  private String lastId = "";
  private long last = -1;
  private long pending = -1;
  private boolean notice;

  /** Event numbers and when they arrived, in pairs. */
  private long[] arrivals = new long[2048];

  private int stored;

  long gaps;
  long duplicates;
  int connections;
  int resets;
  boolean toldBehind;
  boolean ended;

  StreamReader(InetSocketAddress address, Selector selector) throws IOException {
    this.address = address;
    this.selector = selector;
    connect();
  }

  /** Opens the stream, from behind the last event if there was one. */
  void connect() throws IOException {
    channel = SocketChannel.open();
    channel.setOption(StandardSocketOptions.SO_RCVBUF, 64 << 10);
    channel.connect(address);
    String resume = lastId.isEmpty() ? "" : "Last-Event-ID: " + lastId + "\r\n";
    channel.write(
        ByteBuffer.wrap(
            "GET /v1/events HTTP/1.1\r\nHost: localhost\r\n%s\r\n"
                .formatted(resume)
                .getBytes(US_ASCII)));
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, this);
    connections++;
    length = 0;
    ended = false;
  }

  /** Breaks the connection off as a network does, whatever was under way. */
  void cut() throws IOException {
    channel.close();
    pending = -1;
  }

  void close() throws IOException {
    channel.close();
  }

  /** Takes what has arrived. */
  void read(ByteBuffer buffer) throws IOException {
    buffer.clear();
    if (channel.read(buffer) < 0) {
      ended = true;
      channel.close();
      return;
    }
    long now = System.currentTimeMillis();
    buffer.flip();
    while (buffer.hasRemaining()) {
      byte next = buffer.get();
      if (next == '\n') {
        line(new String(line, 0, Math.min(length, LINE_BEGINNING), US_ASCII), now);
        length = 0;
      } else if (length++ < LINE_BEGINNING) {
        line[length - 1] = next;
      }
    }
  }

  private void line(String text, long now) {
    if (text.startsWith("id: ")) {
      lastId = text.substring(4);
      pending = Long.parseLong(lastId.substring(lastId.indexOf('-') + 1));
    } else if (text.startsWith("event: ")) {
      notice = !text.startsWith("event: attribution") && !text.startsWith("event: dead-letter");
      resets += text.startsWith("event: reset") ? 1 : 0;
      toldBehind |= text.startsWith("event: behind");
    } else if (text.startsWith("data: ") && !notice && pending >= 0) {
      arrived(pending, now);
      pending = -1;
    } else if (text.isEmpty() && pending >= 0 && last < 0) {
      last = pending; // the greeting: where the stream begins
      pending = -1;
    }
  }

  private void arrived(long number, long now) {
    if (number <= last) {
      duplicates++;
      return;
    }
    gaps += last >= 0 ? number - last - 1 : 0;
    last = number;
    if (stored == arrivals.length) {
      arrivals = Arrays.copyOf(arrivals, 2 * stored);
    }
    arrivals[stored++] = number;
    arrivals[stored++] = now;
  }

  int events() {
    return stored / 2;
  }

  long number(int event) {
    return arrivals[2 * event];
  }

  long arrivedMillis(int event) {
    return arrivals[2 * event + 1];
  }
}
