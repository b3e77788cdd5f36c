package dev.cairn.validation.lds;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Queries by where they come from; they are reported apart. */
record Sources(List<String> all) {
  Sources {
    all = List.copyOf(all);
  }

  /** One value a source, from the numbers of its queries. */
  <T> Map<String, T> each(Function<int[], T> value) {
    Map<String, T> values = new LinkedHashMap<>();
    for (String source : all.stream().distinct().toList()) {
      values.put(
          source,
          value.apply(
              IntStream.range(0, all.size()).filter(q -> all.get(q).equals(source)).toArray()));
    }
    return values;
  }

  static double mean(double[] values, int[] queries) {
    return IntStream.of(queries).mapToDouble(q -> values[q]).average().orElseThrow();
  }
}
