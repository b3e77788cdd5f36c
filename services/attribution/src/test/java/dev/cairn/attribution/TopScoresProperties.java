package dev.cairn.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class TopScoresProperties {

  @Property(tries = 500)
  void selection_equals_a_full_sort(
      @ForAll("scores") float[] scores, @ForAll @IntRange(max = 40) int count) {
    TopScores top = TopScores.of(scores, count);

    assertThat(top.positive())
        .isEqualTo(sorted(scores, Comparator.comparing(r -> -r.score()), count, 1));
    assertThat(top.negative())
        .isEqualTo(sorted(scores, Comparator.comparing(Ranked::score), count, -1));
  }

  // Few values, so that ties are the rule.
  @Provide
  Arbitrary<float[]> scores() {
    return Arbitraries.of(-2f, -1f, -0.5f, -0f, 0f, 0.5f, 1f, 2f, Float.POSITIVE_INFINITY)
        .array(float[].class)
        .ofMaxSize(60);
  }

  private static List<Ranked> sorted(
      float[] scores, Comparator<Ranked> order, int count, int sign) {
    return IntStream.range(0, scores.length)
        .mapToObj(i -> new Ranked(i, scores[i]))
        .filter(ranked -> sign * ranked.score() > 0)
        .sorted(order.thenComparing(Ranked::index))
        .limit(count)
        .toList();
  }
}
