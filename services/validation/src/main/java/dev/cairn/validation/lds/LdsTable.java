package dev.cairn.validation.lds;

import dev.cairn.validation.scores.ScoreSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/** Collects the LDS of all methods on the reported queries. */
public final class LdsTable {
  private final LdsEvaluation evaluation;
  private final Sources sources;
  private final Map<String, Entry> methods = new LinkedHashMap<>();

  /** Of one method: each target's values, and the resamples of final images by source. */
  private record Entry(
      double[] lds, Map<String, double[]> resampled, List<Map<String, Interval>> steps) {}

  /**
   * @param evaluation on the reported queries
   */
  public LdsTable(LdsEvaluation evaluation) {
    this.evaluation = evaluation;
    this.sources = new Sources(evaluation.sources());
  }

  /** Takes the scores of a method. */
  public void add(String method, ScoreSet scores) {
    List<Predictions> targets = evaluation.of(scores);
    Predictions images = targets.getFirst();
    methods.put(
        method,
        new Entry(
            images.lds(),
            sources.each(queries -> PigeonholeBootstrap.means(images, queries)),
            targets.stream().skip(1).map(this::intervals).toList()));
  }

  private Map<String, Interval> intervals(Predictions predictions) {
    double[] lds = predictions.lds();
    return sources.each(
        queries ->
            PigeonholeBootstrap.interval(
                Sources.mean(lds, queries),
                PigeonholeBootstrap.means(predictions, queries),
                queries.length));
  }

  /**
   * One result a method, in the order given.
   *
   * @param reference the method that all are compared with, or null for none
   * @param choice where ridges come from, or null where scores were given
   */
  public List<MethodResult> results(List<String> order, String reference, RidgeChoice choice) {
    return order.stream().map(name -> result(name, methods.get(reference), choice)).toList();
  }

  private MethodResult result(String name, Entry reference, RidgeChoice choice) {
    Entry entry = methods.get(name);
    Map<String, Interval> lds = new LinkedHashMap<>();
    Map<String, Interval> behind = new LinkedHashMap<>();
    sources
        .each(queries -> queries)
        .forEach(
            (source, queries) -> {
              double mean = Sources.mean(entry.lds, queries);
              double[] own = entry.resampled.get(source);
              lds.put(source, PigeonholeBootstrap.interval(mean, own, queries.length));
              if (reference != null) {
                double[] differences = reference.resampled.get(source).clone();
                for (int r = 0; r < differences.length; r++) {
                  differences[r] -= own[r];
                }
                double difference = Sources.mean(reference.lds, queries) - mean;
                behind.put(
                    source, PigeonholeBootstrap.interval(difference, differences, queries.length));
              }
            });
    return new MethodResult(
        name,
        lds,
        behind,
        entry.steps,
        choice == null ? 0 : choice.forImages(name),
        choice == null ? 0 : choice.forSteps(name),
        choice == null ? Map.of() : choice.byLambda(name),
        DoubleStream.of(entry.lds).boxed().toList());
  }
}
