package dev.cairn.gateway.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The API's description, and the dashboard's files. None of them needs a token. */
final class Documents {

  private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist";

  private final Vertx vertx;
  private final Router router;

  Documents(Vertx vertx, Router router) {
    this.vertx = vertx;
    this.router = router;
  }

  void mountDescriptions(Api api) {
    document(api, "/openapi.yaml", "application/yaml");
    document(api, "/messages.schema.json", "application/schema+json");
  }

  private static void document(Api api, String name, String contentType) {
    Buffer content = resource(name);
    api.get(name, context -> send(context, contentType, content));
  }

  private static void send(RoutingContext context, String contentType, Buffer content) {
    context
        .response()
        .putHeader("Content-Type", contentType)
        .putHeader("Cache-Control", "no-cache")
        .end(content);
  }

  void mountDashboard() {
    router.get("/vendor/uplot/*").handler(new ClasspathFiles(vertx, "/vendor/uplot", UPLOT));
    router.get("/*").handler(new ClasspathFiles(vertx, "", "/dev/cairn/gateway/dashboard"));
  }

  private static Buffer resource(String name) {
    try (InputStream in = Documents.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the program lacks its own resource " + name);
      }
      return Buffer.buffer(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
