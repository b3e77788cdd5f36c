package dev.cairn.gateway.http;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An error as callers see it (RFC 9457).
 *
 * @param status of the response
 * @param type stable name, for programs
 * @param title what kind of problem, for people
 * @param detail what is wrong, where, and what is expected
 * @param retryAfterSeconds when it may have passed
 */
record Problem(
    int status, String type, String title, String detail, OptionalInt retryAfterSeconds) {

  static final String CONTENT_TYPE = "application/problem+json";

  private static final String TYPES = "https://cairn.dev/problems/";

  static Problem malformed(String detail) {
    return new Problem(400, "malformed", "Malformed request", detail, OptionalInt.empty());
  }

  static Problem unauthorized() {
    return new Problem(
        401,
        "unauthorized",
        "Not authorised",
        "Send the gateway's token as 'Authorization: Bearer TOKEN', or open a session.",
        OptionalInt.empty());
  }

  static Problem notFound(String detail) {
    return new Problem(404, "not-found", "Not found", detail, OptionalInt.empty());
  }

  static Problem methodNotAllowed(String allowed) {
    return new Problem(
        405,
        "method-not-allowed",
        "Method not allowed",
        "This resource answers to " + allowed + ".",
        OptionalInt.empty());
  }

  static Problem tooLarge(String detail) {
    return new Problem(413, "too-large", "Body too large", detail, OptionalInt.empty());
  }

  static Problem unsupportedMediaType(String given) {
    return new Problem(
        415,
        "unsupported-media-type",
        "Unsupported media type",
        "Content-Type is '%s'; expected application/json or application/protobuf.".formatted(given),
        OptionalInt.empty());
  }

  static Problem misdirected() {
    return new Problem(
        421,
        "misdirected",
        "Misdirected request",
        "This gateway serves its own machine only, and the Host header names another; see gateway.host.",
        OptionalInt.empty());
  }

  static Problem saturated() {
    return new Problem(
        429,
        "saturated",
        "Too much in flight",
        "As many requests as the gateway takes at once wait for the broker; nothing was published.",
        OptionalInt.of(1));
  }

  static Problem unavailable(String detail) {
    return new Problem(503, "unavailable", "Unavailable", detail, OptionalInt.of(2));
  }

  static Problem internal() {
    return new Problem(
        500, "internal", "Internal error", "The gateway's log says more.", OptionalInt.empty());
  }

  /** For a status that the HTTP layer decided on. */
  static Problem ofStatus(int status, String detail) {
    return new Problem(status, "http-" + status, "HTTP " + status, detail, OptionalInt.empty());
  }

  /** Sends it, unless a response is on its way already. */
  void send(HttpServerResponse response, Optional<String> allow) {
    if (response.ended() || response.headWritten()) {
      return;
    }
    retryAfterSeconds.ifPresent(s -> response.putHeader("Retry-After", Integer.toString(s)));
    allow.ifPresent(methods -> response.putHeader("Allow", methods));
    if (status == 401) {
      response.putHeader("WWW-Authenticate", "Bearer realm=\"cairn\"");
    }
    response
        .setStatusCode(status)
        .putHeader("Content-Type", CONTENT_TYPE)
        .putHeader("Cache-Control", "no-store")
        .end(
            new JsonObject()
                .put("type", TYPES + type)
                .put("title", title)
                .put("status", status)
                .put("detail", detail)
                .toBuffer());
  }
}
