package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.attribution.Progress;
import dev.cairn.gradients.GradientGraph;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrincipalBasesTest {
  private static final CompileOptions RANDOM =
      new CompileOptions(CompileOptions.ProjectionKind.KRONECKER, 512, 0);

  @TempDir Path directory;

  @Test
  void principal_components_keep_most_of_a_gradient_in_few_features() throws Exception {
    // Given
    ModelBundle bundle = ModelBundle.open(Fashion.copyTo(directory));
    TrainingData data = TrainingData.open(bundle.directory().resolve("data"), bundle);
    CompiledGradients identity =
        GradientCompiler.compile(
            bundle.model(),
            new CompileOptions(CompileOptions.ProjectionKind.IDENTITY, 0, 0),
            directory.resolve("identity"),
            Progress.none());
    double whole = energy(identity, data);

    // When
    CompiledGradients principal =
        GradientCompiler.compile(bundle, RANDOM.withBasisRows(16), data, Progress.none())
            .gradients();
    double kept = energy(principal, data);

    // Then orthonormal rows never add to it, and a random 1 in 100 would keep 1 in 100
    assertThat(kept / whole).isBetween(0.3, 1.0);
    assertThat(principal.manifest().bases())
        .isEqualTo("principal components of 16 rows of " + data.digest());
    assertThat(CompiledBundle.open(bundle).gradients().manifest()).isEqualTo(principal.manifest());
    data.close();
  }

  /** Σ ‖features‖² over a few noised images. */
  private static double energy(CompiledGradients gradients, TrainingData data) {
    List<GradientRow> rows = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      float[] image = data.image(i);
      float[] scale = new float[image.length];
      float[] offset = new float[image.length];
      java.util.Arrays.fill(scale, 2f / image.length);
      rows.add(new GradientRow(image, 100 + 200L * i, Map.of(), scale, offset));
    }
    double[] sum = new double[1];
    try (GradientRun run = new GradientRun(gradients)) {
      run.run(
          rows,
          (output, _, values) -> {
            if (output.equals(GradientGraph.FEATURES)) {
              for (float[] row : values) {
                for (float value : row) {
                  sum[0] += (double) value * value;
                }
              }
            }
          });
    }
    return sum[0];
  }
}
