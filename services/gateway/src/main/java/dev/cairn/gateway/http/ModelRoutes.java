package dev.cairn.gateway.http;

import dev.cairn.attribution.Example;
import dev.cairn.gateway.ModelCard;
import dev.cairn.gateway.journeys.Influence;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Models, and their training examples with their recent influence. */
final class ModelRoutes {

  private final Supplier<List<ModelCard>> models;
  private final Influence influence;
  private final Pictures pictures;

  ModelRoutes(Supplier<List<ModelCard>> models, Influence influence, Pictures pictures) {
    this.models = models;
    this.influence = influence;
    this.pictures = pictures;
  }

  void mount(Api api) {
    api.get("/v1/models", this::list);
    api.get("/v1/models/{model}", context -> JsonBody.send(context, ModelJson.of(model(context))));
    api.get("/v1/models/{model}/groups", this::groups);
    api.get("/v1/models/{model}/examples", this::examples);
    api.get("/v1/models/{model}/examples/{index}", this::example);
    api.get("/v1/models/{model}/examples/{index}/image.png", this::image);
  }

  private void list(RoutingContext context) {
    JsonArray described = new JsonArray();
    models.get().stream().map(ModelJson::of).forEach(described::add);
    JsonBody.send(context, new JsonObject().put("models", described));
  }

  private void groups(RoutingContext context) {
    ModelCard model = model(context);
    JsonArray groups = ModelJson.groups(model, influence.ofGroups(model.id()));
    JsonBody.send(context, new JsonObject().put("groups", groups));
  }

  private void examples(RoutingContext context) {
    ModelCard model = model(context);
    long offset = Parameters.whole(context, "offset", 0, 0, Integer.MAX_VALUE);
    long limit = Parameters.whole(context, "limit", 100, 1, 500);
    Optional<String> label = Parameters.text(context, "label");
    List<Example> all = model.examples();
    int[] matching =
        IntStream.range(0, all.size())
            .filter(i -> label.isEmpty() || label.get().equals(all.get(i).label()))
            .toArray();
    JsonArray examples = new JsonArray();
    IntStream.of(matching)
        .skip(offset)
        .limit(limit)
        .mapToObj(i -> ModelJson.example(model, i))
        .forEach(examples::add);
    JsonBody.send(
        context, new JsonObject().put("total", matching.length).put("examples", examples));
  }

  private void example(RoutingContext context) {
    ModelCard model = model(context);
    int index = index(context, model);
    JsonBody.send(
        context,
        new JsonObject()
            .put("example", ModelJson.example(model, index))
            .put("influence", influence.ofExample(model.id(), index)));
  }

  private void image(RoutingContext context) {
    ModelCard model = model(context);
    int index = index(context, model);
    pictures.send(
        context,
        model.indexDigest() + "-" + index,
        () -> model.images().image(index),
        "The images of this model's training data are not at hand here.");
  }

  private ModelCard model(RoutingContext context) {
    String id = context.pathParam("model");
    return models.get().stream()
        .filter(model -> model.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new ProblemException(
                    Problem.notFound("No such model is served here; /v1/models lists them.")));
  }

  private static int index(RoutingContext context, ModelCard model) {
    int index = Parameters.index(context, "index");
    if (index >= model.examples().size()) {
      throw new ProblemException(
          Problem.notFound(
              "There are %d training examples, from 0.".formatted(model.examples().size())));
    }
    return index;
  }
}
