package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.runtime.onnx.OpenTensors;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GradientEngineTest {

  @TempDir static Path temp;

  private static CompiledBundle compiled;
  private static TrainingData data;

  @BeforeAll
  static void compile() throws IOException {
    compiled = Fashion.compiled(temp);
    data = TrainingData.open(compiled.bundle().directory().resolve("data"), compiled.bundle());
  }

  @AfterAll
  static void every_tensor_is_closed() {
    assertThat(OpenTensors.count()).isZero();
  }

  private static GradientEngine engine(int workers, int maxRows) {
    return new GradientEngine(
        compiled.gradients(), new EngineOptions(workers, maxRows), new SimpleMeterRegistry());
  }

  private static FeatureExtractor extractor(GradientEngine engine) {
    return new FeatureExtractor(compiled, Fashion.spec(5, 3), engine);
  }

  @Test
  void a_row_has_the_same_bits_whatever_shares_its_batch() {
    // Given
    float[] alone;
    try (GradientEngine engine = engine(1, 1)) {
      alone = extractor(engine).image("a", data.image(0), Map.of()).join();
    }

    // When many requests share batches of several workers
    List<CompletableFuture<float[]>> crowded = new ArrayList<>();
    try (GradientEngine engine = engine(2, 7)) {
      for (int i = 0; i < 12; i++) {
        crowded.add(extractor(engine).image("a", data.image(0), Map.of()));
        extractor(engine).image("other-" + i, data.image(i), Map.of());
      }
      CompletableFuture.allOf(crowded.toArray(CompletableFuture[]::new)).join();
    }

    // Then
    assertThat(crowded).allSatisfy(feature -> assertThat(feature.join()).isEqualTo(alone));
  }

  @Test
  void a_step_is_repeatable_and_depends_on_its_timestep_and_generation() {
    try (GradientEngine engine = engine(2, 8)) {
      FeatureExtractor extractor = extractor(engine);

      // When
      float[] first = extractor.step("g", data.image(0), 300, Map.of()).join();
      float[] again = extractor.step("g", data.image(0), 300, Map.of()).join();
      float[] later = extractor.step("g", data.image(0), 301, Map.of()).join();
      float[] other = extractor.step("h", data.image(0), 300, Map.of()).join();

      // Then
      assertThat(again).isEqualTo(first);
      assertThat(later).isNotEqualTo(first);
      assertThat(other).isNotEqualTo(first);
    }
  }

  @Test
  void a_row_of_the_wrong_length_fails_its_own_request_with_a_reason() {
    try (GradientEngine engine = engine(1, 1)) {
      GradientRow row =
          new GradientRow(new float[255], 1, Map.of(), new float[256], new float[256]);

      assertThatThrownBy(() -> engine.meanFeatures(List.of(row), false).join())
          .hasRootCauseMessage("input sample takes 256 values a row ([1, 16, 16]), got 255");
      assertThat(extractor(engine).image("a", data.image(0), Map.of()).join())
          .hasSize(compiled.gradients().featureDimension());
    }
  }

  @Test
  void closing_fails_what_still_waits() {
    GradientEngine engine = engine(1, 1);
    List<CompletableFuture<float[]>> waiting = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      waiting.add(extractor(engine).image("a", data.image(0), Map.of()));
    }

    // When
    engine.close();

    // Then
    assertThat(waiting).allMatch(CompletableFuture::isDone);
    assertThat(waiting.getLast()).isCompletedExceptionally();
  }
}
