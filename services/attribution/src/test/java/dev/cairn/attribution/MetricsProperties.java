package dev.cairn.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class MetricsProperties {

  @Property(tries = 300)
  void spearman_sees_only_the_order(
      @ForAll @Size(min = 3, max = 30) List<@IntRange(min = -9, max = 9) Integer> values,
      @ForAll @Size(min = 30, max = 30) List<@IntRange(min = -9, max = 9) Integer> more) {
    double[] a = values.stream().mapToDouble(Integer::doubleValue).toArray();
    double[] b = more.stream().limit(a.length).mapToDouble(Integer::doubleValue).toArray();
    Assume.that(Arrays.stream(a).distinct().count() > 1);
    Assume.that(Arrays.stream(b).distinct().count() > 1);

    double expected = Metrics.spearman(a, b);

    double[] monotone = Arrays.stream(a).map(v -> Math.expm1(v) + 3).toArray();
    double[] negated = Arrays.stream(a).map(v -> -v).toArray();
    assertThat(expected).isBetween(-1 - 1e-12, 1 + 1e-12);
    assertThat(Metrics.spearman(b, a)).isEqualTo(expected, within(1e-12));
    assertThat(Metrics.spearman(monotone, b)).isEqualTo(expected, within(1e-12));
    assertThat(Metrics.spearman(negated, b)).isEqualTo(-expected, within(1e-12));
    assertThat(Metrics.spearman(a, a)).isEqualTo(1, within(1e-12));
  }

  @Property(tries = 300)
  void mislabel_auc_counts_ordered_pairs(
      @ForAll @Size(min = 4, max = 30) List<@IntRange(max = 9) Integer> values,
      @ForAll @IntRange(min = 1, max = 3) int noisyCount) {
    double[] scores = values.stream().mapToDouble(Integer::doubleValue).toArray();
    Set<Integer> noisy = new HashSet<>();
    for (int i = 0; i < noisyCount; i++) {
      noisy.add(i);
    }
    double pairs = 0;
    for (int i = 0; i < noisyCount; i++) {
      for (int j = noisyCount; j < scores.length; j++) {
        pairs += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
      }
    }
    assertThat(Metrics.mislabelAuc(scores, noisy))
        .isEqualTo(pairs / (noisyCount * (scores.length - noisyCount)), within(1e-12));
  }
}
