package dev.cairn.validation.lds;

import dev.cairn.attribution.Example;
import dev.cairn.attribution.Metrics;
import dev.cairn.validation.subsets.Query;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Whether a method's highest scores have the query's own class: of queries whose class is known. It
 * says what scores look at, not whether they are true.
 */
public final class LabelRetrieval {
  private static final int[] RANKS = {10, 100};

  private final List<Query> queries;
  private final Map<String, Set<Integer>> members = new HashMap<>();

  /**
   * Means over the queries.
   *
   * @param recallAt share of the class that is among the k highest scores, by k
   * @param precisionAtTen share of the class among the ten highest
   * @param meanAveragePrecision mAP
   */
  public record Result(
      String name,
      Map<Integer, Double> recallAt,
      double precisionAtTen,
      double meanAveragePrecision) {}

  /**
   * @param queries in the order of scores
   */
  public LabelRetrieval(List<Query> queries, List<Example> examples) {
    this.queries = queries;
    for (int i = 0; i < examples.size(); i++) {
      members.computeIfAbsent(examples.get(i).label(), _ -> new HashSet<>()).add(i);
    }
  }

  /** Numbers of the queries whose class some examples have. */
  private List<Integer> known() {
    return IntStream.range(0, queries.size())
        .filter(q -> !queries.get(q).label().isEmpty())
        .filter(q -> members.containsKey(queries.get(q).label()))
        .boxed()
        .toList();
  }

  /** Of one method's scores, query × example; empty where no query has a known class. */
  public List<Result> of(String method, double[][] scores) {
    List<Integer> known = known();
    if (known.isEmpty()) {
      return List.of();
    }
    Map<Integer, Double> recall = new HashMap<>();
    List<Double> tens = new ArrayList<>();
    double precision = 0;
    for (int q : known) {
      Set<Integer> relevant = members.get(queries.get(q).label());
      for (int k : RANKS) {
        recall.merge(k, Metrics.recallAtK(scores[q], relevant, k) / known.size(), Double::sum);
      }
      tens.add(Metrics.recallAtK(scores[q], relevant, 10) * relevant.size() / 10);
      precision += Metrics.averagePrecision(scores[q], relevant) / known.size();
    }
    double ten = tens.stream().mapToDouble(p -> p).average().orElseThrow();
    return List.of(new Result(method, recall, ten, precision));
  }
}
