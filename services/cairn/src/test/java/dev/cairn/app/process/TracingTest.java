package dev.cairn.app.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.cairn.app.config.TracingSettings;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TracingTest {

  /** What a collector was sent: address and body, which holds names as they are. */
  private final List<String> received = new CopyOnWriteArrayList<>();

  private HttpServer collector;

  @BeforeEach
  void collect() throws IOException {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/",
        exchange -> {
          received.add(
              exchange.getRequestURI()
                  + " "
                  + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
  }

  @AfterEach
  void stop() {
    collector.stop(0);
  }

  private TracingSettings settings(boolean enabled) {
    URI endpoint = URI.create("http://localhost:" + collector.getAddress().getPort());
    return new TracingSettings(enabled, endpoint, 100);
  }

  private static void span(Tracing tracing) {
    tracing.telemetry().getTracer("test").spanBuilder("process something").startSpan().end();
  }

  @Test
  void spans_reach_a_collector_by_otlp_at_the_latest_when_the_process_ends() {
    try (Tracing tracing = Tracing.of(settings(true))) {
      span(tracing);
    }

    assertThat(received)
        .singleElement()
        .asString()
        .startsWith("/v1/traces ")
        .contains("process something")
        .contains("service.name");
  }

  @Test
  void nothing_is_sent_unless_it_was_asked_for() {
    try (Tracing tracing = Tracing.of(settings(false))) {
      span(tracing);
      assertThat(tracing.telemetry()).isSameAs(OpenTelemetry.noop());
    }

    assertThat(received).isEmpty();
  }
}
