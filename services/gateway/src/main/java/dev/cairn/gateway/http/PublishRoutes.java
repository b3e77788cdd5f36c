package dev.cairn.gateway.http;

import dev.cairn.attributor.events.EventType;
import dev.cairn.gateway.publish.Admission;
import dev.cairn.gateway.publish.Intake;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Takes steps and final images, within a bound of how much is in flight. */
final class PublishRoutes {

  private static final Set<String> MEDIA_TYPES = Set.of("application/json", "application/protobuf");

  private final Vertx vertx;
  private final WorkerExecutor workers;
  private final Intake intake;
  private final Admission admission;
  private final int bodyBytes;

  PublishRoutes(
      Vertx vertx, WorkerExecutor workers, Intake intake, Admission admission, int bodyBytes) {
    this.vertx = vertx;
    this.workers = workers;
    this.intake = intake;
    this.admission = admission;
    this.bodyBytes = bodyBytes;
  }

  void mount(Api api) {
    mount(api, "/v1/steps", EventType.GENERATION_STEP);
    mount(api, "/v1/completions", EventType.GENERATION_COMPLETED);
  }

  private void mount(Api api, String path, EventType type) {
    api.post(path).handler(this::admit);
    api.post(path)
        .handler(BodyHandler.create(false).setBodyLimit(bodyBytes))
        .handler(context -> publish(context, type));
  }

  /** Before the body is read: a refusal must not cost the memory that it is to save. */
  private void admit(RoutingContext context) {
    String mediaType = mediaType(context);
    if (!MEDIA_TYPES.contains(mediaType)) {
      throw new ProblemException(Problem.unsupportedMediaType(mediaType));
    }
    long announced = announcedBytes(context);
    if (announced > bodyBytes) {
      throw new ProblemException(
          Problem.tooLarge(
              "The body has %d bytes; at most %d are taken.".formatted(announced, bodyBytes)));
    }
    if (!admission.tryEnter(announced)) {
      throw new ProblemException(Problem.saturated());
    }
    context.addEndHandler(_ -> admission.leave(announced));
    context.next();
  }

  private long announcedBytes(RoutingContext context) {
    String length = context.request().getHeader("Content-Length");
    return length != null && length.matches("[0-9]{1,18}") ? Long.parseLong(length) : bodyBytes;
  }

  private void publish(RoutingContext context, EventType type) {
    Buffer buffer = context.body().buffer();
    byte[] body = buffer == null ? new byte[0] : buffer.getBytes();
    String mediaType = mediaType(context);
    Optional<String> trace = Optional.ofNullable(context.request().getHeader("traceparent"));
    workers
        .executeBlocking(() -> intake.publish(type, mediaType, body, trace), false)
        .compose(sent -> Future.fromCompletionStage(sent, vertx.getOrCreateContext()))
        .onSuccess(published -> accepted(context, published))
        .onFailure(context::fail);
  }

  private static void accepted(RoutingContext context, Intake.Published published) {
    if (context.response().ended() || context.response().closed()) {
      return;
    }
    context.response().setStatusCode(202);
    JsonBody.send(
        context,
        new JsonObject()
            .put("generationId", published.generationId())
            .put("topic", published.record().topic())
            .put("partition", published.record().partition())
            .put("offset", published.record().offset()));
  }

  private static String mediaType(RoutingContext context) {
    String header = context.request().getHeader("Content-Type");
    return header == null ? "" : header.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }
}
