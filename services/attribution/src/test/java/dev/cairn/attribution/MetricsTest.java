package dev.cairn.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The values of METHOD section 9, and small cases counted by hand. */
class MetricsTest {

  @Test
  void linear_datamodelling_score() {
    assertThat(
            Metrics.lds(
                new double[][] {{.1, .2, .3, .4}, {.2, .1, .3, .4}},
                new int[][] {{0, 1}, {0, 2}, {1, 2}},
                new double[][] {{.3, .3}, {.4, .4}, {.5, .3}}))
        .containsExactly(new double[] {1.0, 0.8660254037844387}, within(1e-15));
  }

  @Test
  void leave_one_out_pearson() {
    assertThat(
            Metrics.leaveOneOutPearson(
                new double[][] {{.1, .4}, {.2, .3}, {.3, .2}, {.4, .1}},
                new double[][] {{1, 1}, {2, 3}, {3, 2}, {4, 4}}))
        .containsExactly(new double[] {1.0, -0.8}, within(1e-12));
  }

  @Test
  void mislabel_auc() {
    double[] scores = IntStream.range(0, 100).asDoubleStream().toArray();
    assertThat(Metrics.mislabelAuc(scores, range(90, 100))).isEqualTo(1.0);
    assertThat(Metrics.mislabelAuc(scores, range(80, 90))).isEqualTo(8 / 9.0, within(1e-15));
    assertThat(Metrics.mislabelAuc(new double[10], range(0, 4))).isEqualTo(0.5);
  }

  @Test
  void recall_and_average_precision() {
    double[] scores = {.9, .1, .8, .7, .2};
    Set<Integer> relevant = Set.of(0, 3);
    assertThat(Metrics.recallAtK(scores, relevant, 1)).isEqualTo(0.5);
    assertThat(Metrics.recallAtK(scores, relevant, 3)).isEqualTo(1);
    assertThat(Metrics.averagePrecision(scores, relevant)).isEqualTo((1 + 2 / 3.0) / 2);
  }

  @Test
  void equal_scores_are_ranked_by_index_in_retrieval() {
    assertThat(Metrics.recallAtK(new double[3], Set.of(0), 1)).isEqualTo(1);
    assertThat(Metrics.recallAtK(new double[3], Set.of(2), 2)).isEqualTo(0);
  }

  @Test
  void ties_share_the_mean_of_their_ranks() {
    assertThat(Metrics.averageRanks(new double[] {5, 1, 5, 3, 5})).containsExactly(4, 1, 4, 2, 4);
  }

  @Test
  void a_constant_side_has_no_correlation() {
    assertThat(Metrics.spearman(new double[] {1, 1}, new double[] {1, 2})).isNaN();
  }

  @Test
  void sides_of_different_length_are_refused() {
    assertThatThrownBy(() -> Metrics.pearson(new double[2], new double[3]))
        .hasMessage("2 values but 3 values");
  }

  private static Set<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().collect(Collectors.toSet());
  }
}
