package dev.cairn.gateway.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The resources as they are described: path templates in the notation of OpenAPI, each with the
 * methods that it answers to.
 */
final class Api {

  private final Router router;
  private final Map<String, Set<String>> methods = new LinkedHashMap<>();

  Api(Router router) {
    this.router = router;
  }

  /** A resource to read. HEAD is answered like GET, without the body. */
  void get(String template, Handler<RoutingContext> handler) {
    methods.computeIfAbsent(template, _ -> new TreeSet<>()).add("GET");
    router.route(path(template)).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(handler);
  }

  /** A resource that takes a body; its handlers are added by the caller, in several routes. */
  Route post(String template) {
    methods.computeIfAbsent(template, _ -> new TreeSet<>()).add("POST");
    return router.post(path(template));
  }

  /** After all resources: what any of them answers to a method that it does not have. */
  void closeMethods() {
    methods.forEach(
        (template, allowed) -> {
          Set<String> answered = new TreeSet<>(allowed);
          if (allowed.contains("GET")) {
            answered.add("HEAD");
          }
          router.route(path(template)).handler(context -> refuse(context, answered));
        });
  }

  private static void refuse(RoutingContext context, Set<String> answered) {
    String allowed = String.join(", ", answered);
    context.put(ProblemHandler.ALLOW, allowed);
    throw new ProblemException(Problem.methodNotAllowed(allowed));
  }

  /** The methods described for each path template. */
  Map<String, Set<String>> methods() {
    return methods;
  }

  private static String path(String template) {
    return template.replaceAll("\\{(\\w+)}", ":$1");
  }
}
