package dev.cairn.validation.lds;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * LDS of one method at several ridges. The ridge of each query is chosen on other queries: queries
 * alternate between two halves, and each half is reported with the ridge that is best on the other.
 */
final class MethodLds {
  private final List<String> sources;
  private final NavigableMap<Double, double[][]> byLambda = new TreeMap<>();

  MethodLds(List<String> sources) {
    this.sources = sources;
  }

  /** Takes target × query at one ridge. */
  void add(double lambda, double[][] lds) {
    byLambda.put(lambda, lds);
  }

  int targets() {
    return byLambda.firstEntry().getValue().length;
  }

  NavigableMap<Double, double[][]> byLambda() {
    return byLambda;
  }

  /** The ridge that a half's queries are reported with. */
  double lambda(int target, int half) {
    return best(target, indices(1 - half));
  }

  /** The best ridge on all queries' final images: what to serve with, not what is reported. */
  double recommendedLambda() {
    return best(0, IntStream.range(0, sources.size()).toArray());
  }

  /** One value a query, with the ridge of its half. */
  double[] reported(int target) {
    double[] values = new double[sources.size()];
    for (int half = 0; half < 2; half++) {
      double[] lds = byLambda.get(lambda(target, half))[target];
      for (int query : indices(half)) {
        values[query] = lds[query];
      }
    }
    return values;
  }

  /** Queries alternate within their source, so that both halves have some of each. */
  int half(int query) {
    long before = sources.subList(0, query).stream().filter(sources.get(query)::equals).count();
    return (int) (before % 2);
  }

  private int[] indices(int half) {
    List<Integer> indices = new ArrayList<>();
    for (int query = 0; query < sources.size(); query++) {
      if (half(query) == half) {
        indices.add(query);
      }
    }
    return indices.stream().mapToInt(Integer::intValue).toArray();
  }

  private double best(int target, int[] queries) {
    double best = byLambda.firstKey();
    double highest = Double.NEGATIVE_INFINITY;
    for (var entry : byLambda.entrySet()) {
      double mean = IntStream.of(queries).mapToDouble(q -> entry.getValue()[target][q]).sum();
      if (mean > highest) {
        highest = mean;
        best = entry.getKey();
      }
    }
    return best;
  }
}
