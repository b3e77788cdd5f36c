package dev.cairn.gateway.http;

import io.vertx.core.Handler;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/** Lets callers in that present the token or a browser session made from it. */
final class Access implements Handler<RoutingContext> {

  private static final String COOKIE = "cairn-session";
  private static final long SESSION_SECONDS = 7 * 24 * 3600;

  private final Optional<BearerToken> token;

  Access(Optional<BearerToken> token) {
    this.token = token;
  }

  @Override
  public void handle(RoutingContext context) {
    if (token.isPresent() && !mayEnter(token.get(), context.request())) {
      throw new ProblemException(Problem.unauthorized());
    }
    context.next();
  }

  private static boolean mayEnter(BearerToken token, HttpServerRequest request) {
    Cookie cookie = request.getCookie(COOKIE);
    return token.accepts(request.getHeader("Authorization"))
        || (cookie != null && token.acceptsSession(cookie.getValue()));
  }

  /** Answers POST /v1/session. */
  void openSession(RoutingContext context) {
    token.ifPresent(
        required -> {
          if (!required.accepts(context.request().getHeader("Authorization"))) {
            throw new ProblemException(Problem.unauthorized());
          }
          context
              .response()
              .addCookie(
                  Cookie.cookie(COOKIE, required.session())
                      .setPath("/")
                      .setHttpOnly(true)
                      .setSameSite(CookieSameSite.STRICT)
                      .setSecure(context.request().isSSL())
                      .setMaxAge(SESSION_SECONDS));
        });
    context.response().setStatusCode(204).putHeader("Cache-Control", "no-store").end();
  }
}
