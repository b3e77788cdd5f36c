package dev.cairn.gateway.http;

import dev.cairn.gateway.live.EventStreams;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/** Server-sent events, of all generations or of one. */
final class EventRoutes {

  private final EventStreams streams;

  EventRoutes(EventStreams streams) {
    this.streams = streams;
  }

  void mount(Api api) {
    api.get("/v1/events", context -> follow(context, null));
    api.get(
        "/v1/generations/{generation}/events",
        context -> follow(context, context.pathParam("generation")));
  }

  private void follow(RoutingContext context, String generationId) {
    if (context.request().method() == HttpMethod.HEAD) {
      context.response().putHeader("Content-Type", "text/event-stream").end();
    } else if (streams.hasRoom()) {
      streams.follow(
          context.request(),
          generationId,
          Optional.ofNullable(context.request().getHeader("Last-Event-ID")));
    } else {
      throw new ProblemException(
          Problem.unavailable("As many event streams are open as this gateway serves."));
    }
  }
}
