package dev.cairn.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AccessIT {

  private static final String TOKEN = "correct horse battery staple";

  @Test
  void without_the_token_nothing_is_told() {
    try (GatewayUnderTest gateway = GatewayUnderTest.startWithToken(TOKEN)) {
      for (String path : new String[] {"/v1/generations", "/v1/events", "/v1/models/toy"}) {
        HttpResponse<String> response = gateway.get(path);
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.headers().firstValue("WWW-Authenticate")).isPresent();
      }
      assertThat(with(gateway, "/v1/generations", "Bearer wrong-wrong-wrong").statusCode())
          .isEqualTo(401);
      assertThat(with(gateway, "/v1/generations", "Bearer " + TOKEN).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void a_browser_exchanges_the_token_for_a_cookie() {
    try (GatewayUnderTest gateway = GatewayUnderTest.startWithToken(TOKEN)) {
      HttpResponse<String> session =
          gateway.send(
              HttpRequest.newBuilder(gateway.uri("/v1/session"))
                  .header("Authorization", "Bearer " + TOKEN)
                  .POST(HttpRequest.BodyPublishers.noBody())
                  .build());

      assertThat(session.statusCode()).isEqualTo(204);
      String cookie = session.headers().firstValue("Set-Cookie").orElseThrow();
      assertThat(cookie)
          .containsIgnoringCase("HttpOnly")
          .contains("SameSite=Strict")
          .doesNotContain(TOKEN);
      HttpRequest request =
          HttpRequest.newBuilder(gateway.uri("/v1/generations"))
              .header("Cookie", cookie.substring(0, cookie.indexOf(';')))
              .build();
      assertThat(gateway.send(request).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void pages_of_other_origins_are_given_nothing() {
    try (GatewayUnderTest gateway = GatewayUnderTest.start()) {
      HttpResponse<String> response =
          gateway.send(
              HttpRequest.newBuilder(gateway.uri("/v1/generations"))
                  .header("Origin", "https://elsewhere.example")
                  .build());

      assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
      assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
          .contains("default-src 'none'")
          .doesNotContain("unsafe");
      assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    }
  }

  @Test
  void pages_of_an_origin_that_was_named_may_read_but_bring_no_cookies() {
    try (GatewayUnderTest gateway = GatewayUnderTest.start()) {
      HttpResponse<String> response =
          gateway.send(
              HttpRequest.newBuilder(gateway.uri("/v1/generations"))
                  .header("Origin", GatewayUnderTest.FRIEND)
                  .build());
      HttpResponse<String> asked =
          gateway.send(
              HttpRequest.newBuilder(gateway.uri("/v1/steps"))
                  .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                  .header("Origin", GatewayUnderTest.FRIEND)
                  .header("Access-Control-Request-Method", "POST")
                  .header("Access-Control-Request-Headers", "authorization,content-type")
                  .build());

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("Access-Control-Allow-Origin"))
          .hasValue(GatewayUnderTest.FRIEND);
      assertThat(response.headers().firstValue("Access-Control-Allow-Credentials")).isEmpty();
      assertThat(asked.statusCode()).isEqualTo(204);
      assertThat(asked.headers().firstValue("Access-Control-Allow-Methods").orElseThrow())
          .contains("POST");
    }
  }

  @Test
  void a_name_that_was_made_to_resolve_to_this_machine_is_given_nothing() throws IOException {
    try (GatewayUnderTest gateway = GatewayUnderTest.start()) {
      for (String path : new String[] {"/v1/generations", "/", "/openapi.yaml"}) {
        assertThat(statusFor(gateway, path, "evil.example")).contains(" 421 ");
        assertThat(statusFor(gateway, path, "127.0.0.1.evil.example:80")).contains(" 421 ");
        assertThat(statusFor(gateway, path, "localhost:" + gateway.port())).contains(" 200 ");
        assertThat(statusFor(gateway, path, "[::1]:" + gateway.port())).contains(" 200 ");
      }
    }
  }

  /** By hand, because HTTP clients do not let the Host header be chosen. */
  private static String statusFor(GatewayUnderTest gateway, String path, String host)
      throws IOException {
    try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
      socket
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                  .formatted(path, host)
                  .getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8).lines().findFirst().get();
    }
  }

  @Test
  void probes_and_metrics_are_on_a_port_of_their_own() {
    try (GatewayUnderTest gateway = GatewayUnderTest.start()) {
      await().until(() -> management(gateway, "/ready").statusCode() == 200);
      assertThat(management(gateway, "/live").statusCode()).isEqualTo(200);
      assertThat(management(gateway, "/metrics").body())
          .contains("cairn_gateway_subscribers")
          .contains("cairn_gateway_latency_seconds_bucket")
          .contains("kafka_producer_record_send_total{client=\"gateway\"}")
          .contains("kafka_consumer_fetch_manager_records_lag_max{client=\"gateway\"}")
          .doesNotContain("client_id=");
      assertThat(new JsonObject(management(gateway, "/version").body()).getString("version"))
          .isEqualTo("test");
      assertThat(gateway.get("/metrics").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void a_stage_that_cannot_work_makes_the_process_not_ready() {
    try (GatewayUnderTest gateway =
        GatewayUnderTest.startWithProblems(Map.of("scoring", "broker away"))) {
      HttpResponse<String> ready = management(gateway, "/ready");

      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(ready.body()).contains("broker away");
    }
  }

  private static HttpResponse<String> management(GatewayUnderTest gateway, String path) {
    return gateway.send(HttpRequest.newBuilder(gateway.managementUri(path)).build());
  }

  private static HttpResponse<String> with(
      GatewayUnderTest gateway, String path, String authorization) {
    return gateway.send(
        HttpRequest.newBuilder(gateway.uri(path)).header("Authorization", authorization).build());
  }
}
