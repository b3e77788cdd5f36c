package dev.cairn.gateway.http;

import dev.cairn.gateway.GatewayOptions;
import dev.cairn.gateway.ModelCard;
import dev.cairn.gateway.journeys.Influence;
import dev.cairn.gateway.journeys.Journeys;
import dev.cairn.gateway.live.EventStreams;
import dev.cairn.gateway.publish.Admission;
import dev.cairn.gateway.publish.Intake;
import dev.cairn.gateway.vitals.Vitals;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.CorsHandler;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Everything on the gateway's public port. */
public final class GatewayRouter {

  private static final int[] STATUSES = {400, 404, 405, 406, 413, 414, 415, 500};

  private final Router router;
  private final Api api;

  /**
   * @param workers where bodies are read and records sent
   */
  public GatewayRouter(
      Vertx vertx,
      WorkerExecutor workers,
      GatewayOptions options,
      Supplier<List<ModelCard>> models,
      Journeys journeys,
      EventStreams streams,
      Vitals vitals,
      Intake intake) {
    router = Router.router(vertx);
    api = new Api(router);
    ProblemHandler problems = new ProblemHandler(options.limits().bodyBytes());
    for (int status : STATUSES) {
      router.errorHandler(status, problems);
    }
    if (!options.origins().isEmpty()) {
      router.route("/v1/*").handler(otherOrigins(options.origins()));
    }
    Access access = new Access(options.token());
    router.route().handler(new SecurityHeaders());
    if (LoopbackHosts.isLoopback(options.host())) {
      router.route().handler(new LoopbackHosts());
    }
    api.post("/v1/session").handler(access::openSession);
    router.route("/v1/*").handler(access);
    Pictures pictures = new Pictures(vertx);
    var limits = options.limits();
    new PublishRoutes(
            vertx,
            workers,
            intake,
            new Admission(limits.publishing(), limits.publishingBytes()),
            limits.bodyBytes())
        .mount(api);
    new EventRoutes(streams).mount(api);
    new GenerationRoutes(journeys, pictures).mount(api);
    new ModelRoutes(models, new Influence(journeys), pictures).mount(api);
    new VitalsRoutes(vitals).mount(api);
    Documents documents = new Documents(vertx, router);
    documents.mountDescriptions(api);
    api.closeMethods();
    documents.mountDashboard();
    router.route().failureHandler(problems);
  }

  /**
   * Before access is checked: a browser asks whether it may ask without any credentials. Other
   * origins are answered like programs, which is of no use to their pages.
   */
  private static Handler<RoutingContext> otherOrigins(Set<String> origins) {
    CorsHandler named =
        CorsHandler.create()
            .addOrigins(List.copyOf(origins))
            .allowedMethods(Set.of(HttpMethod.GET, HttpMethod.POST))
            .allowedHeaders(
                Set.of("Authorization", "Content-Type", "Last-Event-ID", "traceparent"));
    return context -> {
      if (origins.contains(String.valueOf(context.request().getHeader("Origin")))) {
        named.handle(context);
      } else {
        context.next();
      }
    };
  }

  public Router router() {
    return router;
  }

  /** The methods of each path template, for holding them against the description. */
  Map<String, Set<String>> methods() {
    return api.methods();
  }
}
