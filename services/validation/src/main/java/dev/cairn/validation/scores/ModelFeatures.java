package dev.cairn.validation.scores;

import dev.cairn.attribution.KernelKind;
import dev.cairn.attribution.KernelOptions;
import dev.cairn.attribution.Progress;
import dev.cairn.runtime.CompiledBundle;
import dev.cairn.runtime.EngineOptions;
import dev.cairn.runtime.FeatureExtractor;
import dev.cairn.runtime.FeatureSpec;
import dev.cairn.runtime.GradientEngine;
import dev.cairn.runtime.IndexBuilder;
import dev.cairn.runtime.IndexOptions;
import dev.cairn.runtime.TrainingData;
import dev.cairn.validation.scores.Method.FeatureKind;
import dev.cairn.validation.subsets.QuerySet;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Features of examples and queries by one model, through the extractor that serves. */
final class ModelFeatures {
  private final CompiledBundle compiled;
  private final TrainingData data;
  private final QuerySet queries;
  private final FeatureSettings settings;
  private final int workers;
  private final Progress progress;
  private final Map<FeatureKind, Prepared> kinds = new LinkedHashMap<>();
  private double[] residuals;

  private record Prepared(Path index, QueryFeatures queries) {}

  ModelFeatures(
      CompiledBundle compiled,
      TrainingData data,
      QuerySet queries,
      FeatureSettings settings,
      int workers,
      Progress progress) {
    this.compiled = compiled;
    this.data = data;
    this.queries = queries;
    this.settings = settings;
    this.workers = workers;
    this.progress = progress;
  }

  /** Computes them; what is already in the directory is not computed again. */
  void prepare(List<FeatureKind> wanted, Path directory) {
    residuals = Residuals.of(compiled.bundle(), data, settings.timesteps(), settings.noiseSeed());
    try (GradientEngine engine =
        new GradientEngine(
            compiled.gradients(),
            new EngineOptions(workers, EngineOptions.defaults().maxRows()),
            new SimpleMeterRegistry())) {
      for (FeatureKind kind : wanted) {
        Path index = directory.resolve(kind.label() + settings.label(compiled));
        kinds.put(kind, features(kind, engine, index));
      }
    }
  }

  /** Scores by features of one kind. */
  FeatureKindScores open(FeatureKind kind) {
    Prepared prepared = kinds.get(kind);
    return new FeatureKindScores(
        prepared.index(), compiled.gradients().manifest().layers(), prepared.queries(), residuals);
  }

  /** Builds the training side, and returns where it is with the queries' side. */
  private Prepared features(FeatureKind feature, GradientEngine engine, Path index) {
    FeatureSpec spec =
        new FeatureSpec(
            feature.function(),
            settings.timesteps(),
            settings.draws(),
            settings.noiseSeed(),
            feature.normalised());
    FeatureExtractor extractor = new FeatureExtractor(compiled, spec, engine);
    Progress named =
        (what, done, total) -> progress.update(feature.label() + " " + what, done, total);
    KernelOptions none = new KernelOptions(KernelKind.IDENTITY, 0);
    IndexBuilder.build(extractor, data, IndexOptions.of(none), index, named).close();
    return new Prepared(
        index, QueryFeatures.of(index.resolve("queries.npy"), extractor, queries, named));
  }
}
