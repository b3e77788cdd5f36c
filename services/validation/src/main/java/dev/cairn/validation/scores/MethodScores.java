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
import dev.cairn.validation.scores.Method.QueryKind;
import dev.cairn.validation.subsets.QuerySet;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Scores of all methods, each for several ridges, through the same features and kernels as those of
 * an index that is served.
 */
public final class MethodScores {
  public static final String PIXEL_DOT = "pixel-dot";
  public static final String PIXEL_COSINE = "pixel-cosine";

  private final CompiledBundle compiled;
  private final TrainingData data;
  private final QuerySet queries;
  private final FeatureSettings settings;
  private final int workers;
  private final Progress progress;
  private final Map<FeatureKind, Prepared> kinds = new LinkedHashMap<>();
  private double[] residuals;

  /**
   * How features are computed.
   *
   * @param timesteps grid of a whole image
   * @param draws noises of a step
   * @param noiseSeed of all features
   * @param lambdas relative ridges to try
   */
  public record FeatureSettings(
      List<Integer> timesteps, int draws, long noiseSeed, List<Double> lambdas) {
    public FeatureSettings {
      timesteps = List.copyOf(timesteps);
      lambdas = List.copyOf(lambdas);
    }

    /** Tells directories of features apart. */
    private String label(CompiledBundle compiled) {
      return "-m%d-r%d-s%d-%s"
          .formatted(
              timesteps.size(),
              draws,
              noiseSeed,
              compiled.gradients().manifest().graphDigest().substring(0, 8));
    }
  }

  public MethodScores(
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

  private record Prepared(Path index, QueryFeatures queries) {}

  /** Hears the scores of one method for the reported queries. */
  @FunctionalInterface
  public interface Sink {
    void accept(String method, ScoreSet scores);
  }

  /**
   * Computes features of examples and queries; what is already in the directory is not computed
   * again.
   */
  public void prepare(List<Method> methods, Path directory) {
    residuals = Residuals.of(compiled.bundle(), data, settings.timesteps(), settings.noiseSeed());
    try (GradientEngine engine =
        new GradientEngine(
            compiled.gradients(),
            new EngineOptions(workers, EngineOptions.defaults().maxRows()),
            new SimpleMeterRegistry())) {
      for (Method method : methods) {
        FeatureKind kind = method.feature();
        if (!kinds.containsKey(kind)) {
          Path index = directory.resolve(kind.label() + settings.label(compiled));
          kinds.put(kind, features(kind, engine, index));
        }
      }
    }
  }

  /**
   * Scores the choosing queries at every ridge, and then the reported ones at the ridges that those
   * chose; scores of pixels last. One kernel is in memory at a time.
   */
  public void all(List<Method> methods, RidgeSelector selector, Sink sink) {
    int done = 0;
    progress.update("kernels", done, kinds.size());
    for (var kind : kinds.entrySet()) {
      try (FeatureKindScores scores =
          new FeatureKindScores(
              kind.getValue().index(),
              compiled.gradients().manifest().layers(),
              kind.getValue().queries(),
              residuals)) {
        for (KernelKind kernel : KernelKind.values()) {
          List<Method> some =
              methods.stream()
                  .filter(m -> m.feature().equals(kind.getKey()) && m.kernel() == kernel)
                  .toList();
          all(scores, some, kernel, selector, sink);
        }
      }
      progress.update("kernels", ++done, kinds.size());
    }
    for (String name : List.of(PIXEL_DOT, PIXEL_COSINE)) {
      sink.accept(name, PixelScores.of(data, queries.reported(), name.equals(PIXEL_COSINE)));
    }
  }

  private void all(
      FeatureKindScores kind,
      List<Method> methods,
      KernelKind kernel,
      RidgeSelector selector,
      Sink sink) {
    if (methods.isEmpty()) {
      return;
    }
    if (kernel != KernelKind.IDENTITY) {
      for (double lambda : settings.lambdas()) {
        kind.scores(methods, kernel, lambda, queries.indices(true))
            .forEach((method, scores) -> selector.add(method.name(), lambda, scores));
      }
    }
    for (Method method : methods) {
      sink.accept(method.name(), reported(kind, method, selector));
    }
  }

  private ScoreSet reported(FeatureKindScores kind, Method method, RidgeSelector selector) {
    int[] some = queries.indices(false);
    double images = method.hasLambda() ? selector.forImages(method.name()) : 0;
    double steps = method.hasLambda() ? selector.forSteps(method.name()) : 0;
    ScoreSet scores = kind.scores(List.of(method), method.kernel(), images, some).get(method);
    return steps == images || method.query() == QueryKind.IMAGE
        ? scores
        : new ScoreSet(
            scores.images(),
            kind.scores(List.of(method), method.kernel(), steps, some).get(method).steps());
  }

  /** Builds the training side, and returns the queries' side. */
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
