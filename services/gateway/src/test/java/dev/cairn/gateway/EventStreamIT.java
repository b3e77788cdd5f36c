package dev.cairn.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.schemas.v1.Attribution;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventStreamIT {

  private static final Pattern ID = Pattern.compile("(?m)^id: (\\S+)\nevent: .*\ndata: .*\n\n");
  private static final Pattern RESULT = Pattern.compile("\"resultId\":\"([^\"]+)\"");

  private static List<Attribution> results(String generation, int from, int to) {
    // One generation keeps one partition, so that results arrive in the order of sending.
    return IntStream.range(from, to)
        .mapToObj(
            i ->
                Attributions.of(generation, i % 5).toBuilder()
                    .setResultId(generation + "-" + i)
                    .build())
        .toList();
  }

  private static List<String> ids(List<Attribution> results) {
    return results.stream().map(Attribution::getResultId).toList();
  }

  @Test
  void a_reader_that_comes_back_misses_nothing_and_sees_nothing_twice() {
    try (GatewayUnderTest gateway = GatewayUnderTest.start()) {
      List<Attribution> all = results("g", 0, 300);
      List<String> seen = new ArrayList<>();
      String last;
      try (EventReader reader = EventReader.open(gateway, "/v1/events", null)) {
        gateway.attribute(all.subList(0, 100));
        await().until(() -> reader.events.size() >= 60);
        // Cut off anywhere; what it has read is what counts.
        reader.close();
        await().until(() -> reader.ended);
        seen.addAll(reader.resultIds());
        last = reader.events.getLast().id();
      }
      gateway.attribute(all.subList(100, 200));

      try (EventReader reader = EventReader.open(gateway, "/v1/events", last)) {
        gateway.attribute(all.subList(200, 300));
        await().until(() -> seen.size() + reader.events.size() >= 300);
        seen.addAll(reader.resultIds());
      }

      assertThat(seen).containsExactlyElementsOf(ids(all));
    }
  }

  @Test
  void a_reader_of_one_generation_hears_of_no_other() {
    try (GatewayUnderTest gateway = GatewayUnderTest.start()) {
      gateway.attribute(results("mine", 0, 2));
      await().until(() -> gateway.get("/v1/generations/mine").statusCode() == 200);
      try (EventReader reader = EventReader.open(gateway, "/v1/generations/mine/events", null)) {
        gateway.attribute(results("other", 0, 10));
        gateway.attribute(results("mine", 2, 4));

        await().until(() -> reader.events.size() >= 4);
        assertThat(reader.resultIds()).containsExactly("mine-0", "mine-1", "mine-2", "mine-3");
      }
    }
  }

  @Test
  void an_id_that_cannot_be_resumed_is_answered_with_a_reset() {
    try (GatewayUnderTest gateway = GatewayUnderTest.start();
        EventReader reader = EventReader.open(gateway, "/v1/events", "abc-17")) {
      await().until(() -> !reader.events.isEmpty());
      assertThat(reader.events.getFirst().event()).isEqualTo("reset");
    }
  }

  @Test
  void a_silent_stream_gets_heartbeats() {
    try (GatewayUnderTest gateway = GatewayUnderTest.start(limits(8192, 2048, 60));
        EventReader reader = EventReader.open(gateway, "/v1/events", null)) {
      await().until(() -> reader.comments >= 3);
    }
  }

  @Test
  void a_reader_that_does_not_read_is_disconnected_with_a_reason_and_resumes() throws IOException {
    // Given: a bound that is soon reached, and a reader whose socket takes little
    List<Attribution> all =
        results("g", 0, 3000).stream()
            .map(a -> a.toBuilder().putTags("padding", "x".repeat(8000)).build())
            .toList();
    try (GatewayUnderTest gateway = GatewayUnderTest.start(limits(8192, 500, 15_000));
        Socket slow = new Socket()) {
      slow.setReceiveBufferSize(4096);
      slow.setSoTimeout(20_000);
      slow.connect(new InetSocketAddress("127.0.0.1", gateway.port()));
      slow.getOutputStream()
          .write(
              "GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      await().until(() -> subscribers(gateway) == 1);

      // When
      gateway.attribute(all);

      // Then
      await().until(() -> subscribers(gateway) == 0);
      String text = dechunked(slow.getInputStream());
      assertThat(text).contains("event: behind");
      List<String> seen = new ArrayList<>();
      String last = readWhole(text, seen);
      try (EventReader reader = EventReader.open(gateway, "/v1/events", last)) {
        await().until(() -> seen.size() + reader.events.size() >= all.size());
        seen.addAll(reader.resultIds());
      }
      assertThat(seen).containsExactlyElementsOf(ids(all));
    }
  }

  private static double subscribers(GatewayUnderTest gateway) {
    return gateway.meters.get("cairn.gateway.subscribers").gauge().value();
  }

  private static GatewayLimits limits(int replay, int behind, long heartbeatMillis) {
    GatewayLimits d = GatewayLimits.DEFAULT;
    return new GatewayLimits(
        d.generations(),
        d.journeyBytes(),
        replay,
        d.replayBytes(),
        behind,
        d.subscribers(),
        heartbeatMillis,
        d.publishing(),
        d.publishingBytes(),
        d.bodyBytes(),
        d.backlog());
  }

  /** The body up to the end of the connection, without the lines that give chunk sizes. */
  private static String dechunked(InputStream in) throws IOException {
    String raw = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    StringBuilder body = new StringBuilder();
    int at = raw.indexOf("\r\n\r\n") + 4;
    while (at < raw.length()) {
      int lineEnd = raw.indexOf("\r\n", at);
      if (lineEnd < 0) {
        break;
      }
      int size = Integer.parseInt(raw.substring(at, lineEnd), 16);
      int from = lineEnd + 2;
      body.append(raw, from, Math.min(from + size, raw.length()));
      at = from + size + 2;
    }
    return body.toString();
  }

  /** Takes the whole events; gives the id of the last one. */
  private static String readWhole(String text, List<String> seen) {
    Matcher events = ID.matcher(text);
    String last = null;
    while (events.find()) {
      last = events.group(1);
      Matcher result = RESULT.matcher(events.group());
      if (result.find()) {
        seen.add(result.group(1));
      }
    }
    return last;
  }
}
