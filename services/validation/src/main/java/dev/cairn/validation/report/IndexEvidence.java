package dev.cairn.validation.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.attribution.AttributionIndex;
import dev.cairn.attribution.FeatureProvenance;
import dev.cairn.attribution.IndexManifest;
import dev.cairn.attribution.KernelKind;
import dev.cairn.attribution.ValidationEvidence;
import dev.cairn.attribution.ValidationEvidence.Lds;
import dev.cairn.validation.Json;
import dev.cairn.validation.ValidationException;
import dev.cairn.validation.scores.Method;
import dev.cairn.validation.scores.Method.QueryKind;
import dev.cairn.validation.scores.Method.Weighting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;

/** Takes from a report what it says of an index's scores, and writes it into the index. */
public final class IndexEvidence {
  private final Path file;
  private final byte[] document;
  private final JsonNode report;

  private IndexEvidence(Path file, byte[] document) throws IOException {
    this.file = file;
    this.document = document;
    this.report = Json.read(document);
  }

  /**
   * @param report directory of a validation
   * @return what the index's manifest says now
   * @throws ValidationException if there is no report, or it is of other scores than the index's
   */
  public static ValidationEvidence record(Path report, Path index) {
    Path file = report.resolve("report.json");
    try {
      IndexEvidence evidence = new IndexEvidence(file, Files.readAllBytes(file));
      ValidationEvidence found;
      try (AttributionIndex opened = AttributionIndex.open(index)) {
        found = evidence.of(index, opened.manifest());
      }
      AttributionIndex.record(index, found);
      return found;
    } catch (IOException e) {
      throw new ValidationException(file + ": no readable report; validate first", e);
    }
  }

  private ValidationEvidence of(Path index, IndexManifest manifest) {
    FeatureProvenance features = manifest.provenance();
    JsonNode settings = report.path("options").path("features");
    same(index, "bundle", report.path("model").path("bundle").asText(), features.bundleDigest());
    same(
        index,
        "gradient graph",
        report.path("model").path("gradients").asText(),
        features.gradientsDigest());
    same(index, "number of examples", report.path("examples").asInt(), manifest.examples());
    same(index, "timesteps", settings.path("timesteps").asInt(), features.timesteps().size());
    same(index, "noise seed", settings.path("noiseSeed").asLong(), features.noiseSeed());
    String method = method(manifest);
    JsonNode result = result(method);
    if (!manifest.kernel().equals(KernelKind.IDENTITY.spelling())) {
      same(
          index,
          "relative lambda of " + method,
          result.path("lambda").asDouble(),
          manifest.relativeLambda());
    }
    return new ValidationEvidence(
        method,
        report.path("subsets").asInt(),
        report.path("options").path("share").asDouble(),
        lds(result, "generated"),
        lds(result, "held out"),
        digest());
  }

  private void same(Path index, String what, Object validated, Object indexed) {
    if (!validated.equals(indexed)) {
      throw new ValidationException(
          "%s: was validated with %s %s, the index %s has %s; give the index that was validated, or build it so"
              .formatted(file, what, validated, index, indexed));
    }
  }

  /** What the index does: by its features and kernel, step by step where that was validated. */
  private static String method(IndexManifest manifest) {
    return Method.all().stream()
        .filter(m -> m.weighting() == Weighting.NONE)
        .filter(m -> m.kernel().spelling().equals(manifest.kernel()))
        .filter(m -> m.feature().normalised() == manifest.provenance().normalised())
        .filter(
            m -> m.feature().function().spelling().equals(manifest.provenance().outputFunction()))
        .min(Comparator.comparing(m -> m.query() == QueryKind.TRAJECTORY ? 0 : 1))
        .map(Method::name)
        .orElseThrow(
            () -> new ValidationException("no method of a validation scores as this index does"));
  }

  private JsonNode result(String method) {
    for (JsonNode result : report.path("methods")) {
      if (result.path("name").asText().equals(method)) {
        return result;
      }
    }
    throw new ValidationException("%s: says nothing of %s; validate again".formatted(file, method));
  }

  private static Lds lds(JsonNode result, String source) {
    JsonNode lds = result.path("lds").path(source);
    return lds.isMissingNode()
        ? null
        : new Lds(
            lds.path("mean").asDouble(),
            lds.path("low").asDouble(),
            lds.path("high").asDouble(),
            lds.path("count").asInt());
  }

  private String digest() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(document));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
