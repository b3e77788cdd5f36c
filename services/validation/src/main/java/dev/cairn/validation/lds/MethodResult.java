package dev.cairn.validation.lds;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * How well one method's scores predict retraining.
 *
 * @param lds mean over the queries of a source, final images
 * @param stepLds the same of each validated step; empty where the method has no steps
 * @param lambdas relative ridge of the first and second half of the queries, each chosen on the
 *     other
 * @param recommendedLambda best relative ridge on all queries
 * @param ldsByLambda mean over all queries, by relative ridge
 * @param perQuery LDS of each query's final image
 */
public record MethodResult(
    String name,
    Map<String, Interval> lds,
    List<Map<String, Interval>> stepLds,
    List<Double> lambdas,
    double recommendedLambda,
    Map<Double, Double> ldsByLambda,
    List<Double> perQuery) {

  static MethodResult of(String name, MethodLds lds, List<String> sources) {
    List<Map<String, Interval>> steps = new ArrayList<>();
    for (int target = 1; target < lds.targets(); target++) {
      steps.add(bySource(lds.reported(target), sources));
    }
    Map<Double, Double> byLambda = new TreeMap<>();
    lds.byLambda()
        .forEach(
            (lambda, values) ->
                byLambda.put(lambda, DoubleStream.of(values[0]).average().orElseThrow()));
    double[] reported = lds.reported(0);
    return new MethodResult(
        name,
        bySource(reported, sources),
        steps,
        List.of(lds.lambda(0, 0), lds.lambda(0, 1)),
        lds.recommendedLambda(),
        byLambda,
        DoubleStream.of(reported).boxed().toList());
  }

  private static Map<String, Interval> bySource(double[] values, List<String> sources) {
    Map<String, Interval> intervals = new LinkedHashMap<>();
    for (String source : sources.stream().distinct().toList()) {
      intervals.put(
          source,
          Interval.of(
              IntStream.range(0, values.length)
                  .filter(q -> sources.get(q).equals(source))
                  .mapToDouble(q -> values[q])
                  .toArray()));
    }
    return intervals;
  }
}
