package dev.cairn.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cairn.diffusion.NoiseBank;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Oracle O2: a denoiser that retrains in closed form. Leave-one-out losses and the losses of models
 * trained on half of the data are exact, so what is measured is the scores alone, and they come
 * from the same kernel fit and index as those of a real model.
 *
 * <p>2,000 images of 8 pixels from four clusters, hence 64 features. Measured here, as the mean LDS
 * over 20 queries: influence 0.998; TRAK at relative λ 0, 1 and 10: 0.30, 0.81 and 0.92; cosine of
 * pixels 0.00.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RidgeDenoiserOracleTest {
  private static final int D = 8;
  private static final int EXAMPLES = 2000;
  private static final int QUERIES = 20;
  private static final int SUBSETS = 100;
  private static final int DRAWS = 100;
  private static final double ALPHA_BAR = 0.9;
  private static final double RIDGE = 1;

  @TempDir static Path directory;

  private final double[][] images = images("train", EXAMPLES);
  private final double[][] queries = images("query", QUERIES);
  private final DMatrixRMaj second = new DMatrixRMaj(D, D);
  private RidgeDenoiser model;
  private int[][] subsets;
  private double[][] outputs;

  @BeforeAll
  void train() {
    for (double[] image : images) {
      CommonOps_DDRM.addEquals(second, RidgeDenoiser.outer(image));
    }
    model = new RidgeDenoiser(second, EXAMPLES, ALPHA_BAR, RIDGE);
    subsets =
        IntStream.range(0, SUBSETS).mapToObj(RidgeDenoiserOracleTest::half).toArray(int[][]::new);
    outputs = Arrays.stream(subsets).map(this::negativeLosses).toArray(double[][]::new);
  }

  @Test
  void influence_is_leave_one_out_to_first_order_and_predicts_retraining() {
    double[][] scores =
        scores("influence", new KernelOptions(KernelKind.IDENTITY, 0), model::influenceFeature);

    double[][] byExample = new double[EXAMPLES][QUERIES];
    double[][] truth = new double[EXAMPLES][QUERIES];
    for (int i = 0; i < EXAMPLES; i++) {
      RidgeDenoiser without = without(i);
      for (int q = 0; q < QUERIES; q++) {
        byExample[i][q] = scores[q][i];
        truth[i][q] = without.loss(queries[q]) - model.loss(queries[q]);
      }
    }
    for (double correlation : Metrics.leaveOneOutPearson(byExample, truth)) {
      assertThat(correlation).isGreaterThan(0.999);
    }
    assertThat(byExample[0][0]).isEqualTo(truth[0][0], within(0.02 * Math.abs(truth[0][0])));
    assertThat(lds(scores)).isGreaterThan(0.98);
  }

  @Test
  void trak_predicts_retraining_the_better_the_less_its_kernel_interpolates() {
    double none = trak(0);
    double one = trak(1);
    double ten = trak(10);

    assertThat(none).isEqualTo(0.30, within(0.02));
    assertThat(one).isEqualTo(0.81, within(0.02));
    assertThat(ten).isEqualTo(0.92, within(0.02));
  }

  @Test
  void expected_gradients_span_too_little_for_a_kernel_without_ridge() {
    // x xᵀ is symmetric, so they span 36 of the 64 dimensions only
    float[][] rows =
        Arrays.stream(images)
            .map(image -> RidgeDenoiser.floats(model.gradient(image)))
            .toArray(float[][]::new);
    KernelOptions none = new KernelOptions(KernelKind.FULL, 0);
    assertThatThrownBy(() -> Builds.scores(directory.resolve("expected"), rows, none))
        .isInstanceOf(IndexException.class)
        .hasMessageContaining("is singular at relative lambda 0.0");
  }

  @Test
  void pixel_similarity_predicts_nothing() {
    double[][] scores = new double[QUERIES][EXAMPLES];
    for (int q = 0; q < QUERIES; q++) {
      for (int i = 0; i < EXAMPLES; i++) {
        scores[q][i] = cosine(queries[q], images[i]);
      }
    }
    assertThat(lds(scores)).isEqualTo(0, within(0.1));
  }

  private double trak(double relativeLambda) {
    return lds(
        scores(
            "trak-" + relativeLambda,
            new KernelOptions(KernelKind.FULL, relativeLambda),
            image -> sampledGradient(image)));
  }

  /** The mean gradient over draws of the noise, as a feature of a real model is. */
  private float[] sampledGradient(double[] image) {
    DMatrixRMaj sum = new DMatrixRMaj(D, D);
    float[] noise = new float[D];
    String id = Arrays.toString(image);
    for (int draw = 0; draw < DRAWS; draw++) {
      new NoiseBank(3).gaussian(id, 0, draw, noise);
      CommonOps_DDRM.addEquals(sum, 1.0 / DRAWS, model.sampledGradient(image, noise));
    }
    return RidgeDenoiser.floats(sum);
  }

  private double lds(double[][] scores) {
    return Arrays.stream(Metrics.lds(scores, subsets, outputs)).average().orElseThrow();
  }

  private double[][] scores(
      String name, KernelOptions options, Function<double[], float[]> feature) {
    float[][] rows = Arrays.stream(images).map(feature).toArray(float[][]::new);
    float[][] asked = Arrays.stream(queries).map(feature).toArray(float[][]::new);
    float[][] scores = Builds.scores(directory.resolve(name), rows, options, asked);
    return Arrays.stream(scores).map(RidgeDenoiserOracleTest::doubles).toArray(double[][]::new);
  }

  private double[] negativeLosses(int[] subset) {
    DMatrixRMaj moment = new DMatrixRMaj(D, D);
    for (int i : subset) {
      CommonOps_DDRM.addEquals(moment, RidgeDenoiser.outer(images[i]));
    }
    RidgeDenoiser retrained = new RidgeDenoiser(moment, subset.length, ALPHA_BAR, RIDGE);
    return Arrays.stream(queries).mapToDouble(query -> -retrained.loss(query)).toArray();
  }

  private RidgeDenoiser without(int example) {
    DMatrixRMaj moment = second.copy();
    CommonOps_DDRM.addEquals(moment, -1, RidgeDenoiser.outer(images[example]));
    return new RidgeDenoiser(moment, EXAMPLES - 1, ALPHA_BAR, RIDGE);
  }

  /** Each cluster has two loud pixels; loudness falls from pixel to pixel. */
  private static double[][] images(String prefix, int count) {
    double[][] images = new double[count][D];
    float[] noise = new float[D];
    for (int i = 0; i < count; i++) {
      new NoiseBank(1).gaussian(prefix + i, 0, 0, noise);
      for (int j = 0; j < D; j++) {
        images[i][j] = noise[j] * (j / 2 == i % 4 ? 1.5 : 0.3) / Math.sqrt(j + 1);
      }
    }
    return images;
  }

  /** A random half: the examples with the lowest noise of this draw. */
  private static int[] half(int draw) {
    float[] keys = new float[EXAMPLES];
    new NoiseBank(2).gaussian("subset", 0, draw, keys);
    return IntStream.range(0, EXAMPLES)
        .boxed()
        .sorted(Comparator.comparing(i -> keys[i]))
        .limit(EXAMPLES / 2)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static double cosine(double[] a, double[] b) {
    double dot = 0;
    double squareA = 0;
    double squareB = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
      squareA += a[i] * a[i];
      squareB += b[i] * b[i];
    }
    return dot / Math.sqrt(squareA * squareB);
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
