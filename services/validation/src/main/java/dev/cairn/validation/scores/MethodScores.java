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

/**
 * Scores of all methods, each for several ridges, through the same features and kernels as those of
 * an index that is served.
 */
public final class MethodScores {
  /** Key of methods without a ridge. */
  public static final double NO_LAMBDA = 0;

  public static final String PIXEL_DOT = "pixel-dot";
  public static final String PIXEL_COSINE = "pixel-cosine";

  private final CompiledBundle compiled;
  private final TrainingData data;
  private final QuerySet queries;
  private final FeatureSettings settings;
  private final int workers;
  private final Progress progress;
  private final Map<FeatureKind, FeatureKindScores> kinds = new LinkedHashMap<>();
  private int fitted;

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

  /** Hears the scores of one method at one ridge. */
  @FunctionalInterface
  public interface Sink {
    void accept(String method, double lambda, ScoreSet scores);
  }

  /**
   * Computes features of examples and queries; what is already in the directory is not computed
   * again.
   */
  public void prepare(List<Method> methods, Path directory) {
    double[] residuals =
        Residuals.of(compiled.bundle(), data, settings.timesteps(), settings.noiseSeed());
    try (GradientEngine engine =
        new GradientEngine(
            compiled.gradients(),
            new EngineOptions(workers, EngineOptions.defaults().maxRows()),
            new SimpleMeterRegistry())) {
      for (Method method : methods) {
        if (!kinds.containsKey(method.feature())) {
          Path index = directory.resolve(method.feature().label());
          QueryFeatures features = features(method.feature(), engine, index);
          kinds.put(method.feature(), new FeatureKindScores(index, features, residuals));
        }
      }
    }
  }

  /** Gives every method's scores at every ridge, and those of pixels; one at a time in memory. */
  public void all(List<Method> methods, Sink sink) {
    kinds.forEach(
        (kind, scores) -> {
          List<Method> some = methods.stream().filter(m -> m.feature().equals(kind)).toList();
          all(scores, some.stream().filter(m -> !m.hasLambda()).toList(), NO_LAMBDA, sink);
          List<Method> ridged = some.stream().filter(Method::hasLambda).toList();
          for (double lambda : settings.lambdas()) {
            all(scores, ridged, lambda, sink);
          }
          progress.update("kernels", ++fitted, kinds.size());
        });
    for (String name : List.of(PIXEL_DOT, PIXEL_COSINE)) {
      sink.accept(name, NO_LAMBDA, pixels(name));
    }
  }

  private static void all(FeatureKindScores kind, List<Method> methods, double lambda, Sink sink) {
    if (!methods.isEmpty()) {
      kind.scores(methods, methods.getFirst().kernel(), lambda)
          .forEach((method, scores) -> sink.accept(method.name(), lambda, scores));
    }
  }

  /** Gives one method's scores at one ridge. */
  public ScoreSet scores(Method method, double lambda) {
    return kinds.get(method.feature()).scores(List.of(method), method.kernel(), lambda).get(method);
  }

  /** Gives the similarities of pixels, by one of the two names. */
  public ScoreSet pixels(String name) {
    return PixelScores.of(data, queries, name.equals(PIXEL_COSINE));
  }

  /** Builds the training side, and returns the queries' side. */
  private QueryFeatures features(FeatureKind feature, GradientEngine engine, Path index) {
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
    return QueryFeatures.of(extractor, queries, named);
  }
}
