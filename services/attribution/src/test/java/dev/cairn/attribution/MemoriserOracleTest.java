package dev.cairn.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cairn.diffusion.NoiseBank;
import dev.cairn.diffusion.NoiseSchedule;
import dev.cairn.diffusion.SchedulerConfig;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Oracle O1: the optimal denoiser of a finite set of images, a softmax-weighted mean of them. Its
 * parameters are the log masses log m_i, one an example, so that removal has a closed form.
 */
class MemoriserOracleTest {
  private static final int D = 12;
  private static final int EXAMPLES = 40;
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.of(SchedulerConfig.defaults());

  @TempDir Path directory;

  private final double[][] images = images();

  @Test
  void removing_a_group_is_exactly_the_removal_identity() {
    for (int t : new int[] {200, 500, 800}) {
      double[] x = noised(t);
      double[] weights = weights(x, t, Set.of());
      double[] denoised = mean(weights);
      for (Set<Integer> group : Set.of(Set.of(3), Set.of(0, 7, 21), Set.of(1, 2, 4, 5, 6, 39))) {
        double[] retrained = mean(weights(x, t, group));

        double mass = group.stream().mapToDouble(i -> weights[i]).sum();
        for (int j = 0; j < D; j++) {
          int pixel = j;
          double removed = group.stream().mapToDouble(i -> weights[i] * images[i][pixel]).sum();
          assertThat((denoised[j] - removed) / (1 - mass)).isEqualTo(retrained[j], within(1e-12));
        }
      }
    }
  }

  @Test
  void scores_predict_what_removing_an_example_does_to_the_loss() {
    // Given a query at a high noise level, where many examples share the weight
    int t = 600;
    double[] x = noised(t);
    double[] target = images[5];
    double[] weights = weights(x, t, Set.of());
    double[] denoised = mean(weights);

    // When its feature is minus the gradient of its loss by the log masses, and the feature of an
    // example the direction of its own log mass
    float[] query = new float[EXAMPLES];
    float[][] directions = new float[EXAMPLES][EXAMPLES];
    double[][] truth = new double[EXAMPLES][1];
    double[][] scores = new double[EXAMPLES][1];
    for (int i = 0; i < EXAMPLES; i++) {
      for (int j = 0; j < D; j++) {
        double slope = weights[i] * (images[i][j] - denoised[j]);
        query[i] -= (float) (2 * (denoised[j] - target[j]) * slope);
      }
      directions[i][i] = 1;
      truth[i][0] = loss(mean(weights(x, t, Set.of(i))), target) - loss(denoised, target);
    }
    float[][] computed =
        Builds.scores(directory, directions, new KernelOptions(KernelKind.IDENTITY, 0), query);

    // Then they agree with exact removal, to first order in the example's weight
    for (int i = 0; i < EXAMPLES; i++) {
      scores[i][0] = computed[0][i];
      double shift = weights[i] / (1 - weights[i]);
      double secondOrder = shift * shift * loss(images[i], denoised);
      assertThat(scores[i][0] / (1 - weights[i]) + secondOrder)
          .isEqualTo(truth[i][0], within(1e-6));
    }
    assertThat(Metrics.leaveOneOutPearson(scores, truth)[0]).isGreaterThan(0.99);
  }

  private double[] weights(double[] x, int t, Set<Integer> removed) {
    double alphaBar = SCHEDULE.alphaBar(t);
    double[] logits = new double[EXAMPLES];
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < EXAMPLES; i++) {
      double dot = 0;
      double square = 0;
      for (int j = 0; j < D; j++) {
        dot += images[i][j] * x[j];
        square += images[i][j] * images[i][j];
      }
      double logMass = removed.contains(i) ? Double.NEGATIVE_INFINITY : 0;
      logits[i] =
          logMass
              + Math.sqrt(alphaBar) * dot / (1 - alphaBar)
              - alphaBar * square / (2 * (1 - alphaBar));
      largest = Math.max(largest, logits[i]);
    }
    double total = 0;
    for (int i = 0; i < EXAMPLES; i++) {
      logits[i] = Math.exp(logits[i] - largest);
      total += logits[i];
    }
    for (int i = 0; i < EXAMPLES; i++) {
      logits[i] /= total;
    }
    return logits;
  }

  private double[] mean(double[] weights) {
    double[] mean = new double[D];
    for (int i = 0; i < EXAMPLES; i++) {
      for (int j = 0; j < D; j++) {
        mean[j] += weights[i] * images[i][j];
      }
    }
    return mean;
  }

  private double[] noised(int t) {
    float[] image = new float[D];
    for (int j = 0; j < D; j++) {
      image[j] = (float) images[5][j];
    }
    float[] noise = new float[D];
    new NoiseBank(4).gaussian("query", t, 0, noise);
    float[] x = new float[D];
    SCHEDULE.addNoise(image, noise, t, x);
    double[] wide = new double[D];
    for (int j = 0; j < D; j++) {
      wide[j] = x[j];
    }
    return wide;
  }

  private static double loss(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < D; j++) {
      sum += (a[j] - b[j]) * (a[j] - b[j]);
    }
    return sum;
  }

  private static double[][] images() {
    double[][] images = new double[EXAMPLES][D];
    float[] noise = new float[D];
    for (int i = 0; i < EXAMPLES; i++) {
      new NoiseBank(3).gaussian("image-" + i, 0, 0, noise);
      for (int j = 0; j < D; j++) {
        images[i][j] = 0.6 * noise[j];
      }
    }
    return images;
  }
}
