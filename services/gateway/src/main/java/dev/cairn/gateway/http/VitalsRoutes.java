package dev.cairn.gateway.http;

import dev.cairn.gateway.vitals.Vitals;
import io.vertx.ext.web.RoutingContext;

/** How the pipeline is, second by second. */
final class VitalsRoutes {

  private static final long LAST_SECOND = 253_402_300_799L;

  private final Vitals vitals;

  VitalsRoutes(Vitals vitals) {
    this.vitals = vitals;
  }

  void mount(Api api) {
    api.get("/v1/vitals", this::since);
  }

  private void since(RoutingContext context) {
    JsonBody.send(context, vitals.since(Parameters.whole(context, "since", 0, 0, LAST_SECOND)));
  }
}
