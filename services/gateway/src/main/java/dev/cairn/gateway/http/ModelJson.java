package dev.cairn.gateway.http;

import dev.cairn.attribution.Example;
import dev.cairn.attribution.FeatureProvenance;
import dev.cairn.attribution.IndexManifest;
import dev.cairn.attribution.ValidationEvidence;
import dev.cairn.gateway.ModelCard;
import dev.cairn.gateway.journeys.Influence;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Models, groups and examples as the API's description has them. */
final class ModelJson {

  private ModelJson() {}

  static JsonObject of(ModelCard model) {
    return new JsonObject()
        .put("model", model.id())
        .put("bundle", bundle(model.bundle()))
        .put("index", index(model.indexDigest(), model.index()))
        .put("labels", new JsonArray(labels(model).keySet().stream().toList()));
  }

  private static JsonObject bundle(ModelCard.BundleFacts bundle) {
    return new JsonObject()
        .put("digest", bundle.digest())
        .put("predictionType", bundle.predictionType())
        .put("trainTimesteps", bundle.trainTimesteps())
        .put("sampleShape", new JsonArray(bundle.sampleShape()))
        .put("conditioning", new JsonArray(bundle.conditioning()));
  }

  private static JsonObject index(String digest, IndexManifest index) {
    FeatureProvenance features = index.provenance();
    JsonArray timesteps = new JsonArray();
    features.timesteps().forEach(timesteps::add);
    return new JsonObject()
        .put("digest", digest)
        .put("examples", index.examples())
        .put("dimension", index.dimension())
        .put("kernel", index.kernel())
        .put("relativeLambda", index.relativeLambda())
        .put("lambda", index.lambda())
        .put("lambdaRule", index.lambdaRule())
        .put("outputFunction", features.outputFunction())
        .put("timesteps", timesteps)
        // As text: JavaScript's numbers do not hold 64 bits.
        .put("noiseSeed", Long.toString(features.noiseSeed()))
        .put("normalised", features.normalised())
        .put("validation", validation(index.validation()));
  }

  /** What retraining said of such scores; null while nobody has asked. */
  private static JsonObject validation(ValidationEvidence evidence) {
    return evidence == null
        ? null
        : new JsonObject()
            .put("method", evidence.method())
            .put("subsets", evidence.subsets())
            .put("share", evidence.share())
            .put("generated", lds(evidence.generated()))
            .put("heldOut", lds(evidence.heldOut()))
            .put("reportSha256", evidence.reportSha256());
  }

  private static JsonObject lds(ValidationEvidence.Lds lds) {
    return lds == null
        ? null
        : new JsonObject()
            .put("mean", lds.mean())
            .put("low", lds.low())
            .put("high", lds.high())
            .put("queries", lds.queries());
  }

  static JsonObject example(ModelCard model, int index) {
    Example example = model.examples().get(index);
    return new JsonObject()
        .put("index", index)
        .put("exampleId", example.id())
        .put("label", example.label())
        .put("groups", new JsonArray(example.groups()))
        .put("uri", example.uri())
        .put("derivedFrom", example.derivedFrom())
        .put("picture", model.images().available());
  }

  /** The largest first. */
  static JsonArray groups(ModelCard model, Map<String, Influence.Reported> reported) {
    JsonArray groups = new JsonArray();
    labels(model).entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .forEach(
            label -> {
              var influence = reported.getOrDefault(label.getKey(), new Influence.Reported(0, 0));
              groups.add(
                  new JsonObject()
                      .put("group", label.getKey())
                      .put("members", label.getValue())
                      .put("results", influence.results())
                      .put("meanSum", influence.mean()));
            });
    return groups;
  }

  private static TreeMap<String, Long> labels(ModelCard model) {
    return model.examples().stream()
        .map(Example::label)
        .filter(label -> !label.isEmpty())
        .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
  }
}
