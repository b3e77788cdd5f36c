package dev.cairn.gateway.http;

import dev.cairn.attributor.events.PayloadFormat;
import dev.cairn.attributor.events.RejectedException;
import dev.cairn.attributor.events.Tensors;
import dev.cairn.gateway.journeys.Journey;
import dev.cairn.gateway.journeys.Journeys;
import dev.cairn.gateway.journeys.Result;
import dev.cairn.gateway.pictures.Pixels;
import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.Tensor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;

/** Generations, their journeys, and single results. */
final class GenerationRoutes {

  private static final int LARGEST_PICTURE = 1 << 24;

  private final Journeys journeys;
  private final Pictures pictures;

  GenerationRoutes(Journeys journeys, Pictures pictures) {
    this.journeys = journeys;
    this.pictures = pictures;
  }

  void mount(Api api) {
    api.get("/v1/generations", this::list);
    api.get("/v1/generations/{generation}", this::journey);
    api.get("/v1/results/{result}", this::result);
    api.get("/v1/results/{result}/estimate.png", this::estimate);
    api.get("/v1/results/{result}/region.png", this::region);
  }

  private void list(RoutingContext context) {
    long limit = Parameters.whole(context, "limit", 50, 1, 500);
    JsonArray generations = new JsonArray();
    journeys.latest().stream().limit(limit).map(Journey::summary).forEach(generations::add);
    JsonBody.send(context, new JsonObject().put("generations", generations));
  }

  private void journey(RoutingContext context) {
    String id = context.pathParam("generation");
    Journey journey =
        journeys
            .journey(id)
            .orElseThrow(
                () ->
                    new ProblemException(
                        Problem.notFound(
                            "No results of this generation are in memory; /v1/generations lists those there are.")));
    Buffer json = Buffer.buffer("{\"generation\":").appendBuffer(journey.summary().toBuffer());
    String separator = ",\"results\":[";
    for (Result result : journey.results()) {
      json.appendString(separator).appendBuffer(result.json());
      separator = ",";
    }
    JsonBody.send(context, json.appendString("]}"));
  }

  private void result(RoutingContext context) {
    Attribution attribution = find(context).attribution();
    JsonBody.send(context, Buffer.buffer(PayloadFormat.JSON.write(attribution)));
  }

  private void estimate(RoutingContext context) {
    Result result = find(context);
    pictures.send(
        context,
        result.id(),
        () -> pixels(result.attribution().getEstimate()),
        "This result carries no estimate that can be shown.");
  }

  private void region(RoutingContext context) {
    Result result = find(context);
    pictures.send(
        context,
        result.id() + "-region",
        () -> pixels(channelsFirst(result.attribution().getMask())).map(Pixels::weights),
        "This result is not of a region, or of one too large to be carried along.");
  }

  /** A mask may leave out the axis of channels. */
  private static Tensor channelsFirst(Tensor mask) {
    return mask.getShapeCount() == 2
        ? mask.toBuilder().clearShape().addShape(1).addAllShape(mask.getShapeList()).build()
        : mask;
  }

  private Result find(RoutingContext context) {
    return journeys
        .result(context.pathParam("result"))
        .orElseThrow(() -> new ProblemException(Problem.notFound("No such result is in memory.")));
  }

  private static Optional<Pixels> pixels(Tensor tensor) {
    List<Long> shape = tensor.getShapeList();
    if (shape.size() != 3) {
      return Optional.empty();
    }
    try {
      float[] values = Tensors.floatsOfAnyShape("picture", tensor, LARGEST_PICTURE);
      return values.length == 0
          ? Optional.empty()
          : Optional.of(
              new Pixels(
                  shape.get(0).intValue(),
                  shape.get(1).intValue(),
                  shape.get(2).intValue(),
                  values));
    } catch (RejectedException _) {
      return Optional.empty();
    }
  }
}
