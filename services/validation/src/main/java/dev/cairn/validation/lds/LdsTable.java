package dev.cairn.validation.lds;

import dev.cairn.validation.scores.ScoreSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the LDS of all methods at all ridges. */
public final class LdsTable {
  private final LdsEvaluation evaluation;
  private final List<String> sources;
  private final Map<String, MethodLds> methods = new LinkedHashMap<>();

  public LdsTable(LdsEvaluation evaluation, List<String> sources) {
    this.evaluation = evaluation;
    this.sources = List.copyOf(sources);
  }

  /** Takes the scores of a method at a relative ridge; of a method without one, at 0. */
  public void add(String method, double lambda, ScoreSet scores) {
    methods.computeIfAbsent(method, _ -> new MethodLds(sources)).add(lambda, evaluation.of(scores));
  }

  /** Ridges that the queries are reported with, one a query, for final images or a step. */
  public double[] lambdas(String method, int target) {
    MethodLds lds = methods.get(method);
    double[] lambdas = new double[sources.size()];
    for (int query = 0; query < lambdas.length; query++) {
      lambdas[query] = lds.lambda(target, lds.half(query));
    }
    return lambdas;
  }

  /** One result a method, in the order given. */
  public List<MethodResult> results(List<String> order) {
    return order.stream().map(name -> MethodResult.of(name, methods.get(name), sources)).toList();
  }
}
