package dev.cairn.gateway.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** Sends JSON that may change at any moment. */
final class JsonBody {

  private JsonBody() {}

  static void send(RoutingContext context, JsonObject body) {
    send(context, body.toBuffer());
  }

  static void send(RoutingContext context, Buffer json) {
    context
        .response()
        .putHeader("Content-Type", "application/json")
        .putHeader("Cache-Control", "no-store")
        .end(json);
  }
}
