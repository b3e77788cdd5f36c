package dev.cairn.gateway.http;

import dev.cairn.attributor.events.RejectedException;
import dev.cairn.schemas.v1.DeadLetterClass;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whatever ends a request badly becomes a problem document. */
final class ProblemHandler implements Handler<RoutingContext> {

  /** Key of a request's data that says which methods its resource has. */
  static final String ALLOW = "cairn.allow";

  private static final Logger log = LoggerFactory.getLogger(ProblemHandler.class);

  private final int bodyBytes;

  ProblemHandler(int bodyBytes) {
    this.bodyBytes = bodyBytes;
  }

  @Override
  public void handle(RoutingContext context) {
    problem(context).send(context.response(), Optional.ofNullable(context.<String>get(ALLOW)));
  }

  private Problem problem(RoutingContext context) {
    return switch (context.failure()) {
      case null -> ofStatus(context.statusCode());
      case ProblemException e -> e.problem();
      case RejectedException e ->
          e.deadLetterClass() == DeadLetterClass.TOO_LARGE
              ? Problem.tooLarge(e.getMessage())
              : Problem.malformed(e.getMessage());
      case RecordTooLargeException e ->
          Problem.tooLarge("The topic does not take it: " + e.getMessage());
      case KafkaException e ->
          Problem.unavailable("The broker did not take the record: " + e.getMessage());
      default -> unexpected(context);
    };
  }

  private Problem unexpected(RoutingContext context) {
    if (context.statusCode() != 500 && context.statusCode() > 0) {
      return ofStatus(context.statusCode());
    }
    log.atError()
        .addKeyValue("method", context.request().method())
        .addKeyValue("path", context.normalizedPath())
        .setCause(context.failure())
        .log("Request failed");
    return Problem.internal();
  }

  private Problem ofStatus(int status) {
    return switch (status) {
      case 400 -> Problem.malformed("The request line, a header or an escape in it is malformed.");
      case 404 ->
          Problem.notFound("There is no such resource; /openapi.yaml describes those there are.");
      case 413 -> Problem.tooLarge("The body exceeds %d bytes.".formatted(bodyBytes));
      case 500 -> Problem.internal();
      default -> Problem.ofStatus(status, "The request cannot be served.");
    };
  }
}
