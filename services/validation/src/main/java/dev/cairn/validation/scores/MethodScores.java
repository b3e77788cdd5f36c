package dev.cairn.validation.scores;

import dev.cairn.attribution.KernelKind;
import dev.cairn.attribution.Progress;
import dev.cairn.runtime.CompiledBundle;
import dev.cairn.runtime.TrainingData;
import dev.cairn.validation.scores.Method.FeatureKind;
import dev.cairn.validation.scores.Method.QueryKind;
import dev.cairn.validation.scores.Method.Weighting;
import dev.cairn.validation.subsets.QuerySet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Scores of all methods, through the same features and kernels as those of an index that is served.
 */
public final class MethodScores {
  public static final String PIXEL_DOT = "pixel-dot";
  public static final String PIXEL_COSINE = "pixel-cosine";

  /** What a method's name ends with where its scores are means over several models. */
  public static final String ENSEMBLE = "-ensemble";

  private final List<ModelFeatures> models;
  private final TrainingData data;
  private final QuerySet queries;
  private final FeatureSettings settings;
  private final Progress progress;

  /**
   * @param models the one that is validated, and further ones of which ensembles are made
   */
  public MethodScores(
      List<CompiledBundle> models,
      TrainingData data,
      QuerySet queries,
      FeatureSettings settings,
      int workers,
      Progress progress) {
    this.models =
        models.stream()
            .map(m -> new ModelFeatures(m, data, queries, settings, workers, progress))
            .toList();
    this.data = data;
    this.queries = queries;
    this.settings = settings;
    this.progress = progress;
  }

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
    models.forEach(model -> model.prepare(kinds(methods), directory));
  }

  private static List<FeatureKind> kinds(List<Method> methods) {
    return methods.stream().map(Method::feature).distinct().toList();
  }

  /**
   * Scores the choosing queries at every ridge, and then the reported ones at the ridges that those
   * chose; scores of pixels last. Kernels of one kind of features are in memory at a time.
   */
  public void all(List<Method> methods, RidgeSelector selector, Sink sink) {
    int done = 0;
    List<FeatureKind> kinds = kinds(methods);
    for (FeatureKind kind : kinds) {
      List<Method> some = methods.stream().filter(m -> m.feature().equals(kind)).toList();
      List<FeatureKindScores> opened = new ArrayList<>();
      try {
        models.forEach(model -> opened.add(model.open(kind)));
        new Pass(new MeanScores(opened.subList(0, 1)), "", selector, sink).all(some);
        if (opened.size() > 1) {
          new Pass(new MeanScores(opened), ENSEMBLE, selector, sink).all(some);
        }
      } finally {
        opened.forEach(FeatureKindScores::close);
      }
      progress.update("kernels", ++done, kinds.size());
    }
    for (String name : List.of(PIXEL_DOT, PIXEL_COSINE)) {
      sink.accept(name, PixelScores.of(data, queries.reported(), name.equals(PIXEL_COSINE)));
    }
  }

  /**
   * How much each example decides of its own prediction, by those methods that have a kernel and no
   * weights: φ_iᵀ(ΦᵀΦ + λI)⁻¹φ_i, at the ridge of final images.
   */
  public Map<String, double[]> selfInfluence(List<Method> methods, RidgeSelector selector) {
    Map<String, double[]> own = new LinkedHashMap<>();
    for (FeatureKind kind : kinds(methods)) {
      try (FeatureKindScores scores = models.getFirst().open(kind)) {
        methods.stream()
            .filter(m -> m.feature().equals(kind) && m.hasLambda())
            .filter(m -> m.query() == QueryKind.IMAGE && m.weighting() == Weighting.NONE)
            .forEach(
                m ->
                    own.put(
                        m.name(), scores.selfInfluence(m.kernel(), selector.forImages(m.name()))));
      }
    }
    return own;
  }

  /** All methods of one kind of features, by one model or by several. */
  private final class Pass {
    private final MeanScores kind;
    private final String suffix;
    private final RidgeSelector selector;
    private final Sink sink;

    Pass(MeanScores kind, String suffix, RidgeSelector selector, Sink sink) {
      this.kind = kind;
      this.suffix = suffix;
      this.selector = selector;
      this.sink = sink;
    }

    void all(List<Method> methods) {
      for (KernelKind kernel : KernelKind.values()) {
        List<Method> some = methods.stream().filter(m -> m.kernel() == kernel).toList();
        if (!some.isEmpty() && kernel != KernelKind.IDENTITY) {
          choose(some, kernel);
        }
        for (Method method : some) {
          sink.accept(method.name() + suffix, reported(method));
        }
      }
    }

    private void choose(List<Method> methods, KernelKind kernel) {
      for (double lambda : settings.lambdas()) {
        kind.scores(methods, kernel, lambda, queries.indices(true))
            .forEach((method, scores) -> selector.add(method.name() + suffix, lambda, scores));
      }
    }

    private ScoreSet reported(Method method) {
      double images = method.hasLambda() ? selector.forImages(method.name() + suffix) : 0;
      double steps = method.hasLambda() ? selector.forSteps(method.name() + suffix) : 0;
      ScoreSet scores = scores(method, images);
      return steps == images || method.query() == QueryKind.IMAGE
          ? scores
          : new ScoreSet(scores.images(), scores(method, steps).steps());
    }

    private ScoreSet scores(Method method, double lambda) {
      return kind.scores(List.of(method), method.kernel(), lambda, queries.indices(false))
          .get(method);
    }
  }
}
