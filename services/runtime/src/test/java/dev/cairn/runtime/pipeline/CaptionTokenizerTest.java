package dev.cairn.runtime.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptionTokenizerTest {

  @TempDir Path directory;

  /** Diffusion pipelines ship CLIP's tokenizer in its slow form. */
  @Test
  void vocabulary_and_merges_make_a_clip_tokenizer() throws IOException {
    // Given
    Files.writeString(
        directory.resolve("vocab.json"),
        """
        {"a": 0, "c": 1, "t": 2, "a</w>": 3, "t</w>": 4, "ca": 5, "cat</w>": 6, ",</w>": 7,
         "<|startoftext|>": 8, "<|endoftext|>": 9}
        """);
    Files.writeString(directory.resolve("merges.txt"), "#version: 0.2\nc a\nca t</w>\n");
    Files.writeString(
        directory.resolve("special_tokens_map.json"),
        "{\"pad_token\": {\"content\": \"<|endoftext|>\"}}");

    // When
    try (CaptionTokenizer tokenizer = CaptionTokenizer.open(directory, 6)) {
      CaptionTokenizer.Tokens few = tokenizer.tokens("A  Cat");
      CaptionTokenizer.Tokens many = tokenizer.tokens("cat, cat, cat, cat");

      // Then
      assertThat(few.ids()).containsExactly(8, 3, 6, 9, 9, 9);
      assertThat(few.mask()).containsExactly(1, 1, 1, 1, 0, 0);
      assertThat(many.ids()).containsExactly(8, 6, 7, 6, 7, 9);
    }
  }

  @Test
  void a_directory_without_a_tokenizer_says_what_is_expected() {
    assertThatThrownBy(() -> CaptionTokenizer.open(directory, 6))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("tokenizer.json");
  }
}
