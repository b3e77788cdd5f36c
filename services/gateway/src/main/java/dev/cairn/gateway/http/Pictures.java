package dev.cairn.gateway.http;

import dev.cairn.gateway.pictures.Pixels;
import dev.cairn.gateway.pictures.Png;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.Supplier;

/** Sends pictures that never change under their address. Made on workers, not on the event loop. */
final class Pictures {

  private static final String KEEP = "private, max-age=86400, immutable";

  private final Vertx vertx;

  Pictures(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * @param etag names what the picture shows
   * @param missing what to say if there is no picture
   */
  void send(RoutingContext context, String etag, Supplier<Optional<Pixels>> image, String missing) {
    String quoted = '"' + etag + '"';
    HttpServerResponse response = context.response();
    if (quoted.equals(context.request().getHeader("If-None-Match"))) {
      response.setStatusCode(304).putHeader("ETag", quoted).putHeader("Cache-Control", KEEP).end();
      return;
    }
    vertx
        .executeBlocking(() -> image.get().map(Png::of), false)
        .onSuccess(
            png -> {
              if (png.isEmpty()) {
                context.fail(new ProblemException(Problem.notFound(missing)));
              } else if (!response.ended()) {
                response
                    .putHeader("Content-Type", "image/png")
                    .putHeader("ETag", quoted)
                    .putHeader("Cache-Control", KEEP)
                    .end(Buffer.buffer(png.get()));
              }
            })
        .onFailure(context::fail);
  }
}
