package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.attribution.AttributionIndex;
import dev.cairn.attribution.IndexException;
import dev.cairn.attribution.KernelOptions;
import dev.cairn.attribution.Progress;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexBuilderTest {

  private static final IndexOptions OPTIONS = new IndexOptions(6, KernelOptions.defaults());

  @TempDir static Path temp;

  private static CompiledBundle compiled;
  private static TrainingData data;

  @BeforeAll
  static void compile() throws IOException {
    compiled = Fashion.compiled(temp);
    data = TrainingData.open(compiled.bundle().directory().resolve("data"), compiled.bundle());
  }

  private static AttributionIndex build(Path out, FeatureSpec spec, Progress progress) {
    try (GradientEngine engine =
        new GradientEngine(
            compiled.gradients(), new EngineOptions(2, 8), new SimpleMeterRegistry())) {
      FeatureExtractor extractor = new FeatureExtractor(compiled, spec, engine);
      return IndexBuilder.build(extractor, data, OPTIONS, out, progress);
    }
  }

  @Test
  void an_interrupted_build_ends_with_the_same_bytes() throws IOException {
    // Given
    Path whole = temp.resolve("whole");
    Path resumed = temp.resolve("resumed");
    build(whole, Fashion.spec(3, 1), Progress.none()).close();

    // When a build stops in its third shard and is started again
    assertThatThrownBy(() -> build(resumed, Fashion.spec(3, 1), stopAt(15))).hasMessage("stopped");
    build(resumed, Fashion.spec(3, 1), Progress.none()).close();

    // Then
    for (String file : new String[] {"features.npy", "preconditioned.npy", "manifest.json"}) {
      assertThat(Files.readAllBytes(resumed.resolve(file)))
          .as(file)
          .isEqualTo(Files.readAllBytes(whole.resolve(file)));
    }
  }

  private static Progress stopAt(long example) {
    return (_, done, _) -> {
      if (done == example) {
        throw new IllegalStateException("stopped");
      }
    };
  }

  @Test
  void an_example_ranks_first_for_its_own_image() {
    try (AttributionIndex index = build(temp.resolve("self"), Fashion.spec(3, 1), Progress.none());
        GradientEngine engine =
            new GradientEngine(
                compiled.gradients(), new EngineOptions(2, 8), new SimpleMeterRegistry())) {
      FeatureExtractor extractor = new FeatureExtractor(compiled, Fashion.spec(3, 1), engine);

      // When the query is training example 17 itself, noised alike
      String id = index.example(17).id();
      float[] scores = index.scores(extractor.image(id, data.image(17), Map.of()).join());

      // Then
      for (int i = 0; i < scores.length; i++) {
        assertThat(scores[17]).isGreaterThanOrEqualTo(scores[i]);
      }
    }
  }

  @Test
  void a_directory_begun_with_other_settings_is_refused_with_both() {
    // Given
    Path out = temp.resolve("other");
    assertThatThrownBy(() -> build(out, Fashion.spec(3, 1), stopAt(7))).hasMessage("stopped");

    // When / Then
    assertThatThrownBy(() -> build(out, Fashion.spec(4, 1), Progress.none()))
        .isInstanceOf(IndexException.class)
        .hasMessageContaining("[166, 500, 833]")
        .hasMessageContaining("[125, 375, 625, 875]");
  }

  @Test
  void an_index_finds_the_bundle_that_it_was_made_from() {
    // Given
    Path out = temp.resolve("hint");

    // When
    try (AttributionIndex index = build(out, Fashion.spec(3, 1), Progress.none())) {

      // Then
      assertThat(BundleHint.open(out, index, null).gradients()).isEqualTo(compiled.gradients());
      assertThatThrownBy(() -> BundleHint.open(out, index, temp.resolve("elsewhere")))
          .hasMessageContaining("no such bundle directory");
    }
  }
}
