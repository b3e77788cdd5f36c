package dev.cairn.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttributionIndexTest {
  @TempDir Path directory;

  @BeforeEach
  void build() {
    Builds.features(directory, new float[][] {{1, 0, 2}, {0, 1, -1}, {3, 1, 1}, {-1, 2, 0}});
  }

  private void fit() {
    KernelFit.fit(directory, KernelOptions.defaults(), Progress.none());
  }

  @Test
  void a_directory_without_an_index_is_named() {
    assertThatThrownBy(() -> AttributionIndex.open(directory.resolve("nowhere")))
        .isInstanceOf(IndexException.class)
        .hasMessageContaining("nowhere is no index: it has no manifest.json");
    assertThatThrownBy(() -> AttributionIndex.open(directory))
        .hasMessage(
            "the index in %s is unfinished; run its index command again".formatted(directory));
  }

  @Test
  void queries_of_the_wrong_length_or_with_undefined_features_are_refused() {
    fit();
    try (AttributionIndex index = AttributionIndex.open(directory)) {
      assertThatThrownBy(() -> index.scores(new float[2]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("2 features for an index of 3");
      assertThatThrownBy(() -> index.scores(new float[] {0, Float.NaN, 0}))
          .hasMessage("feature 1 is NaN");
    }
  }

  @Test
  void scores_are_linear_in_the_query() {
    fit();
    try (AttributionIndex index = AttributionIndex.open(directory)) {
      float[] one = index.scores(new float[] {1, 2, 3});
      float[] twice = index.scores(new float[] {2, 4, 6});
      for (int i = 0; i < one.length; i++) {
        assertThat(twice[i]).isEqualTo(2 * one[i]);
      }
    }
  }

  @Test
  void the_digest_changes_with_the_kernel() {
    fit();
    String digest = digest();
    fit();
    assertThat(digest()).isEqualTo(digest);
    KernelFit.fit(directory, new KernelOptions(KernelKind.FULL, 0.5), Progress.none());
    assertThat(digest()).isNotEqualTo(digest);
  }

  @Test
  void a_changed_file_is_found_by_verification() throws IOException {
    fit();
    Path matrix = directory.resolve("preconditioned.npy");
    byte[] bytes = Files.readAllBytes(matrix);
    bytes[bytes.length - 1] ^= 1;
    Files.write(matrix, bytes);
    try (AttributionIndex index = AttributionIndex.open(directory)) {
      assertThatThrownBy(index::verify)
          .isInstanceOf(IndexException.class)
          .hasMessageContaining(matrix + " has SHA-256");
    }
  }

  @Test
  void parts_that_do_not_fit_are_refused() throws IOException {
    fit();
    Files.writeString(directory.resolve("examples.jsonl"), "{\"id\":\"a\"}\n");
    assertThatThrownBy(() -> AttributionIndex.open(directory))
        .hasMessageContaining("manifest 4 × 3, matrix 4 × 3, 1 examples");
    Files.writeString(directory.resolve("examples.jsonl"), "{\"id\":\"a\"}\n{\"id\":");
    assertThatThrownBy(() -> AttributionIndex.open(directory))
        .hasMessageContaining("examples.jsonl, line 2 is damaged");
  }

  @Test
  void an_index_of_a_newer_format_is_refused() throws IOException {
    fit();
    Path manifest = directory.resolve("manifest.json");
    Files.writeString(
        manifest, Files.readString(manifest).replace("\"version\" : 1", "\"version\" : 9"));
    assertThatThrownBy(() -> AttributionIndex.open(directory))
        .hasMessageContaining("has format version 9, this program reads version 1");
  }

  private String digest() {
    try (AttributionIndex index = AttributionIndex.open(directory)) {
      return index.digest();
    }
  }
}
