package dev.cairn.gateway.management;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;

/**
 * Probes, metrics and version, on a port of their own that need not be reachable from where the API
 * is.
 */
public final class ManagementServer {

  private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final Vertx vertx;
  private final PrometheusMeterRegistry metrics;
  private final Readiness readiness;
  private final JsonObject version;
  private final HttpServer server;

  /**
   * @param version what {@code /version} tells
   */
  public ManagementServer(
      Vertx vertx,
      PrometheusMeterRegistry metrics,
      Readiness readiness,
      Map<String, String> version) {
    this.vertx = vertx;
    this.metrics = metrics;
    this.readiness = readiness;
    this.version = new JsonObject();
    new TreeMap<>(version).forEach(this.version::put);
    this.server = vertx.createHttpServer().requestHandler(this::handle);
  }

  public Future<HttpServer> listen(String host, int port) {
    return server.listen(port, host);
  }

  public int port() {
    return server.actualPort();
  }

  public Future<Void> close() {
    return server.close();
  }

  private void handle(HttpServerRequest request) {
    if (request.method() != HttpMethod.GET && request.method() != HttpMethod.HEAD) {
      request.response().setStatusCode(405).putHeader("Allow", "GET, HEAD").end();
      return;
    }
    switch (request.path()) {
      // That this is answered at all says that the event loop turns.
      case "/live" -> send(request, 200, new JsonObject().put("live", true));
      case "/ready" -> ready(request);
      case "/metrics" -> metrics(request);
      case "/version" -> send(request, 200, version);
      case null, default -> request.response().setStatusCode(404).end();
    }
  }

  private void ready(HttpServerRequest request) {
    JsonObject problems = new JsonObject();
    readiness.problems().forEach(problems::put);
    send(
        request,
        problems.isEmpty() ? 200 : 503,
        new JsonObject().put("ready", problems.isEmpty()).put("problems", problems));
  }

  private void metrics(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    vertx
        .executeBlocking(() -> metrics.scrape(METRICS_TYPE), false)
        .onSuccess(
            text -> response.putHeader("Content-Type", METRICS_TYPE).end(Buffer.buffer(text)))
        .onFailure(_ -> response.setStatusCode(500).end());
  }

  private static void send(HttpServerRequest request, int status, JsonObject body) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .putHeader("Cache-Control", "no-store")
        .end(body.toBuffer());
  }
}
