package dev.cairn.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cairn.diffusion.NoiseBank;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelFitTest {
  private static final float[][] PHI = {{1, 0}, {0, 2}, {1, 1}};
  private static final float[] QUERY = {1, 2};

  // tr(ΦᵀΦ) = 7 over min(n, K) = 2.
  private static final double LAMBDA_ONE = 2.0 / 7;

  @TempDir Path directory;

  @Test
  void scores_without_ridge_are_those_of_the_method() {
    assertThat(scores(0, false))
        .containsExactly(new float[] {1 / 3f, 2 / 3f, 2 / 3f}, within(1e-6f));
  }

  @Test
  void scores_with_a_ridge_of_one_are_those_of_the_method() {
    assertThat(scores(LAMBDA_ONE, false))
        .containsExactly(new float[] {4 / 17f, 10 / 17f, 9 / 17f}, within(1e-6f));
  }

  @Test
  void rescaling_divides_by_the_mean_absolute_entry_of_the_inverse() {
    assertThat(scores(0, true))
        .containsExactly(new float[] {4 / 3f, 8 / 3f, 8 / 3f}, within(1e-6f));
  }

  @Test
  void leverages_are_those_of_the_method() {
    // Given
    scores(0, false);
    float[] psi = Npy.readFloats(directory.resolve("preconditioned.npy")).data();

    // Then h_i = ⟨φ_i, ψ_i⟩
    double[] leverages = new double[3];
    for (int i = 0; i < 3; i++) {
      leverages[i] = new InnerProduct(PHI[i]).with(new float[] {psi[2 * i], psi[2 * i + 1]});
    }
    assertThat(leverages).containsExactly(new double[] {5 / 9.0, 8 / 9.0, 5 / 9.0}, within(1e-7));
  }

  @Test
  void the_identity_kernel_gives_plain_inner_products() {
    float[][] scores =
        Builds.scores(directory, PHI, new KernelOptions(KernelKind.IDENTITY, 0), QUERY);
    assertThat(scores[0]).containsExactly(1, 4, 3);
    assertThat(directory.resolve("preconditioned.npy")).doesNotExist();
  }

  @Test
  void the_manifest_says_what_was_done() {
    Builds.features(directory, PHI);
    IndexManifest manifest =
        KernelFit.fit(directory, new KernelOptions(KernelKind.FULL, LAMBDA_ONE), Progress.none());

    assertThat(manifest.lambda()).isEqualTo(1, within(1e-15));
    assertThat(manifest.kernel()).isEqualTo("full");
    assertThat(manifest.provenance()).isEqualTo(Builds.provenance(2));
    assertThat(manifest.featuresSha256()).isEqualTo(Sha256.of(directory.resolve("features.npy")));
    try (AttributionIndex index = AttributionIndex.open(directory)) {
      assertThat(index.manifest()).isEqualTo(manifest);
      assertThat(index.digest()).isEqualTo(Sha256.of(directory.resolve("manifest.json")));
      assertThat(index.example(2).id()).isEqualTo("example-2");
      index.verify();
    }
  }

  @Test
  void primal_and_dual_form_agree_with_the_definition() {
    // Given more examples than features, and the other way round, with sizes that leave remainders
    for (int[] shape : new int[][] {{150, 71}, {71, 150}, {5, 600}, {600, 5}, {130, 130}}) {
      float[][] phi = random(shape[0], shape[1]);
      float[][] queries = random(2, shape[1]);
      KernelOptions options = new KernelOptions(KernelKind.FULL, 0.1);

      // When
      Path index = directory.resolve(shape[0] + "x" + shape[1]);
      float[][] scores = Builds.scores(index, phi, options, queries);

      // Then φ_i = (ΦᵀΦ + λI) ψ_i for every example
      float[] psi = Npy.readFloats(index.resolve("preconditioned.npy")).data();
      assertThat(residual(phi, psi, 0.1)).isLessThan(2e-6);
      for (int i = 0; i < shape[0]; i++) {
        double expected = 0;
        for (int k = 0; k < shape[1]; k++) {
          expected += (double) queries[1][k] * psi[i * shape[1] + k];
        }
        assertThat(scores[1][i]).isEqualTo((float) expected, within(1e-6f));
      }
    }
  }

  @Test
  void a_block_kernel_adds_up_the_scores_of_its_layers() {
    // Given layers in primal and in dual form
    float[][] phi = random(60, 100);
    float[][] queries = random(2, 100);
    List<Integer> layers = List.of(20, 70, 10);

    // When
    KernelOptions blocks = new KernelOptions(KernelKind.BLOCK, 0.1).withLayers(layers);
    float[][] scores = Builds.scores(directory.resolve("blocks"), phi, blocks, queries);

    // Then
    double[] sums = new double[phi.length];
    int first = 0;
    for (int width : layers) {
      float[][] layer =
          Builds.scores(
              directory.resolve("layer-" + first),
              columns(phi, first, width),
              new KernelOptions(KernelKind.FULL, 0.1),
              columns(queries, first, width));
      for (int i = 0; i < sums.length; i++) {
        sums[i] += layer[1][i];
      }
      first += width;
    }
    for (int i = 0; i < sums.length; i++) {
      assertThat((double) scores[1][i]).isEqualTo(sums[i], within(1e-6));
    }
    assertThatThrownBy(
            () ->
                KernelFit.fit(
                    directory.resolve("blocks"),
                    blocks.withLayers(List.of(20, 70)),
                    Progress.none()))
        .isInstanceOf(IndexException.class)
        .hasMessageContaining("do not add up to 100 features");
  }

  @Test
  void scores_at_many_ridges_are_those_of_an_index_at_each() {
    for (int[] shape : new int[][] {{150, 71}, {71, 150}, {60, 8}}) {
      float[][] phi = random(shape[0], shape[1]);
      float[][] queries = random(3, shape[1]);
      Path index = directory.resolve("many-" + shape[0] + "x" + shape[1]);
      Builds.features(index, phi);
      try (RidgeScores many = RidgeScores.open(index)) {
        for (KernelOptions options :
            List.of(
                new KernelOptions(KernelKind.FULL, 0.1),
                new KernelOptions(KernelKind.FULL, 10),
                new KernelOptions(KernelKind.BLOCK, 1).withLayers(List.of(5, shape[1] - 5)),
                new KernelOptions(KernelKind.IDENTITY, 0))) {
          // When
          double[][] scores = many.scores(queries, options);

          // Then
          KernelFit.fit(index, options, Progress.none());
          try (AttributionIndex opened = AttributionIndex.open(index)) {
            for (int q = 0; q < queries.length; q++) {
              float[] expected = opened.scores(queries[q]);
              for (int i = 0; i < expected.length; i++) {
                assertThat((float) scores[q][i]).isEqualTo(expected[i], within(2e-5f));
              }
            }
          }
        }
      }
    }
  }

  @Test
  void leverages_of_many_ridges_are_those_of_the_method() {
    Builds.features(directory, PHI);
    try (RidgeScores scores = RidgeScores.open(directory)) {
      assertThat(scores.leverages(new KernelOptions(KernelKind.FULL, 0)))
          .containsExactly(new double[] {5 / 9.0, 8 / 9.0, 5 / 9.0}, within(1e-12));
    }
  }

  @Test
  void repeating_the_fit_gives_the_same_bytes() throws IOException {
    Builds.features(directory, random(300, 140));
    List<byte[]> matrices = new ArrayList<>();
    List<byte[]> manifests = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      KernelFit.fit(directory, KernelOptions.defaults(), Progress.none());
      matrices.add(Files.readAllBytes(directory.resolve("preconditioned.npy")));
      manifests.add(Files.readAllBytes(directory.resolve("manifest.json")));
    }
    assertThat(matrices).allMatch(bytes -> java.util.Arrays.equals(bytes, matrices.getFirst()));
    assertThat(manifests).allMatch(bytes -> java.util.Arrays.equals(bytes, manifests.getFirst()));
  }

  @Test
  void evidence_stays_with_the_scores_that_it_is_of() {
    // Given
    Builds.features(directory, PHI);
    KernelFit.fit(directory, KernelOptions.defaults(), Progress.none());
    String before = digest();
    ValidationEvidence evidence =
        new ValidationEvidence(
            "journey", 48, 0.5, new ValidationEvidence.Lds(0.4, 0.3, 0.5, 40), null, "report");

    // When
    AttributionIndex.record(directory, evidence);

    // Then
    assertThat(digest()).isNotEqualTo(before);
    IndexManifest again = KernelFit.fit(directory, KernelOptions.defaults(), Progress.none());
    assertThat(again.validation()).isEqualTo(evidence);
    IndexManifest other =
        KernelFit.fit(directory, new KernelOptions(KernelKind.FULL, 3), Progress.none());
    assertThat(other.validation()).isNull();
    AttributionIndex.open(directory).close();
  }

  private String digest() {
    try (AttributionIndex index = AttributionIndex.open(directory)) {
      return index.digest();
    }
  }

  @Test
  void a_singular_kernel_is_refused() {
    float[][] dependent = {{1, 2}, {2, 4}, {3, 6}};
    assertThatThrownBy(
            () -> Builds.scores(directory, dependent, new KernelOptions(KernelKind.FULL, 0), QUERY))
        .isInstanceOf(IndexException.class)
        .hasMessageContaining("is singular at relative lambda 0.0; choose a larger one");
    assertThatThrownBy(() -> new KernelOptions(KernelKind.FULL, -1))
        .hasMessage("relative lambda is -1.0, must be zero or positive");
  }

  @Test
  void features_that_are_all_zero_are_refused() {
    assertThatThrownBy(
            () -> Builds.scores(directory, new float[2][2], KernelOptions.defaults(), QUERY))
        .isInstanceOf(IndexException.class)
        .hasMessageContaining("is singular");
  }

  @Test
  void a_feature_that_is_not_finite_is_refused_with_its_example() {
    float[][] spoiled = {{1, 0}, {0, Float.NaN}};
    assertThatThrownBy(() -> Builds.features(directory, spoiled))
        .isInstanceOf(IndexException.class)
        .hasMessageContaining("feature 1 of example 'example-1' (index 1) is NaN");

    // and where the file was spoiled after it was written
    Builds.features(directory, new float[][] {{1, 0}, {0, 1}});
    Npy.writeFloats(
        directory.resolve("features.npy"),
        new int[] {2, 2},
        new float[] {1, 0, Float.POSITIVE_INFINITY, 1});
    assertThatThrownBy(() -> KernelFit.fit(directory, KernelOptions.defaults(), Progress.none()))
        .isInstanceOf(IndexException.class)
        .hasMessageContaining("feature 0 of example 'example-1' (index 1) is Infinity");
  }

  @Test
  void an_unfinished_build_cannot_be_fitted() {
    assertThatThrownBy(() -> KernelFit.fit(directory, KernelOptions.defaults(), Progress.none()))
        .isInstanceOf(IndexException.class)
        .hasMessageContaining("holds no finished features");
  }

  private float[] scores(double relativeLambda, boolean rescale) {
    return Builds.scores(
        directory, PHI, new KernelOptions(KernelKind.FULL, relativeLambda, rescale), QUERY)[0];
  }

  private static float[][] random(int rows, int columns) {
    float[][] matrix = new float[rows][columns];
    for (int i = 0; i < rows; i++) {
      new NoiseBank(columns).gaussian("row-" + i, 0, 0, matrix[i]);
    }
    return matrix;
  }

  private static float[][] columns(float[][] matrix, int first, int width) {
    return java.util.Arrays.stream(matrix)
        .map(row -> java.util.Arrays.copyOfRange(row, first, first + width))
        .toArray(float[][]::new);
  }

  /** Largest |(ΦᵀΦ + λI)ψ_i − φ_i|. */
  private static double residual(float[][] phi, float[] psi, double relativeLambda) {
    int n = phi.length;
    int dimension = phi[0].length;
    double trace = 0;
    for (float[] row : phi) {
      for (float value : row) {
        trace += (double) value * value;
      }
    }
    double lambda = relativeLambda * trace / Math.min(n, dimension);
    double worst = 0;
    for (int i = 0; i < n; i++) {
      double[] product = new double[dimension];
      for (int k = 0; k < dimension; k++) {
        product[k] = lambda * psi[i * dimension + k] - phi[i][k];
      }
      for (float[] row : phi) {
        double inner = 0;
        for (int k = 0; k < dimension; k++) {
          inner += (double) row[k] * psi[i * dimension + k];
        }
        for (int k = 0; k < dimension; k++) {
          product[k] += inner * row[k];
        }
      }
      for (double value : product) {
        worst = Math.max(worst, Math.abs(value));
      }
    }
    return worst;
  }
}
