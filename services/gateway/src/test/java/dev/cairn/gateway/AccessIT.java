package dev.cairn.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
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
  void probes_and_metrics_are_on_a_port_of_their_own() {
    try (GatewayUnderTest gateway = GatewayUnderTest.start()) {
      await().until(() -> management(gateway, "/ready").statusCode() == 200);
      assertThat(management(gateway, "/live").statusCode()).isEqualTo(200);
      assertThat(management(gateway, "/metrics").body())
          .contains("cairn_gateway_subscribers")
          .contains("cairn_gateway_latency_seconds_bucket")
          .contains("kafka_producer_");
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
