package dev.cairn.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.attribution.Npy;
import dev.cairn.diffusion.CounterRandom;
import dev.cairn.validation.report.Report;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Masks, outputs and scores from elsewhere. */
class GivenValidationTest {
  private static final int MODELS = 12;
  private static final int EXAMPLES = 30;
  private static final int QUERIES = 4;

  @TempDir Path directory;
  private final CounterRandom random = new CounterRandom(1, "test");
  private final LinkedHashMap<String, Path> scores = new LinkedHashMap<>();

  @BeforeEach
  void write() {
    masks(MODELS, EXAMPLES);
    float[] truth = new float[QUERIES * EXAMPLES];
    for (int i = 0; i < truth.length; i++) {
      truth[i] = (float) random.uniform(i);
    }
    Npy.writeFloats(file("truth"), new int[] {QUERIES, EXAMPLES}, truth);
    scores.put("truth", file("truth"));
    float[] losses = new float[MODELS * QUERIES];
    for (int j = 0; j < MODELS; j++) {
      for (int q = 0; q < QUERIES; q++) {
        for (int i = 0; i < EXAMPLES; i++) {
          losses[j * QUERIES + q] -= seen(j, i) ? truth[q * EXAMPLES + i] : 0;
        }
      }
    }
    Npy.writeFloats(file("losses"), new int[] {MODELS, QUERIES}, losses);
  }

  @Test
  void scores_that_are_the_truth_reach_one() {
    assertThat(run().best().lds().get("given").mean()).isEqualTo(1.0);
  }

  @Test
  void masks_of_another_shape_are_refused() {
    masks(MODELS, EXAMPLES + 1);

    assertThatThrownBy(this::run)
        .isInstanceOf(ValidationException.class)
        .hasMessage(
            file("masks")
                + ": has shape [12, 31]; masks are models × examples, and there are 30 examples");
  }

  @Test
  void too_few_models_are_refused() {
    masks(5, EXAMPLES);

    assertThatThrownBy(this::run)
        .hasMessage(
            file("masks")
                + ": 5 subsets are too few for a rank correlation; give at least 8, better 48");
  }

  @Test
  void outputs_that_do_not_differ_are_refused() {
    Npy.writeFloats(file("losses"), new int[] {MODELS, QUERIES}, new float[MODELS * QUERIES]);

    assertThatThrownBy(this::run)
        .hasMessageContaining("all 12 models put out 0.0 for query 0, so nothing can be ranked");
  }

  @Test
  void outputs_of_other_models_are_refused() {
    Npy.writeFloats(file("losses"), new int[] {3, QUERIES}, new float[3 * QUERIES]);

    assertThatThrownBy(this::run)
        .hasMessageContaining(
            "has shape [3, 4]; outputs are models × queries, and there are masks");
  }

  private Report run() {
    return GivenValidation.run(file("masks"), file("losses"), scores, directory.resolve("out"));
  }

  private void masks(int models, int examples) {
    boolean[] masks = new boolean[models * examples];
    for (int at = 0; at < masks.length; at++) {
      masks[at] = seen(at / examples, at % examples);
    }
    Npy.writeBooleans(file("masks"), new int[] {models, examples}, masks);
  }

  private boolean seen(int model, int example) {
    return random.bits(1000L * (model + 1) + example) < 0;
  }

  private Path file(String name) {
    return directory.resolve(name + ".npy");
  }
}
