package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompiledGradientsTest {

  @TempDir Path temp;

  private CompiledBundle compiled;

  @BeforeEach
  void compile() throws IOException {
    compiled = Fashion.compiled(temp);
  }

  @Test
  void what_was_compiled_opens_again() {
    assertThat(CompiledBundle.open(compiled.bundle())).isEqualTo(compiled);
    assertThat(compiled.gradients().manifest().batchInvariant()).isTrue();
  }

  @Test
  void compiling_twice_gives_the_same_bits() throws IOException {
    // Given
    byte[] first = Files.readAllBytes(compiled.gradients().graph());

    // When
    Path elsewhere = Files.createDirectory(temp.resolve("again"));
    CompiledBundle again = Fashion.compiled(elsewhere);

    // Then
    assertThat(Files.readAllBytes(again.gradients().graph())).isEqualTo(first);
  }

  @Test
  void a_bundle_that_was_not_compiled_says_so() {
    ModelBundle fresh = ModelBundle.open(Fashion.resources());

    assertThatThrownBy(() -> CompiledBundle.open(fresh))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining("holds no gradient graph; run 'cairn compile'");
  }

  @Test
  void gradients_of_another_model_are_refused_with_both_digests() throws IOException {
    // Given
    Path model = compiled.bundle().model().path();
    byte[] bytes = Files.readAllBytes(model);
    bytes[bytes.length / 2] ^= 1;
    Files.write(model, bytes);
    ModelBundle changed = ModelBundle.open(compiled.bundle().directory());

    // When / Then
    assertThatThrownBy(() -> CompiledBundle.open(changed))
        .hasMessageContaining(compiled.bundle().model().digest())
        .hasMessageContaining(changed.model().digest());
  }

  @Test
  void a_gradient_graph_that_was_changed_is_refused() throws IOException {
    // Given
    Path graph = compiled.gradients().graph();
    byte[] bytes = Files.readAllBytes(graph);
    bytes[bytes.length - 1] ^= 1;
    Files.write(graph, bytes);

    // When / Then
    assertThatThrownBy(() -> CompiledBundle.open(compiled.bundle()))
        .hasMessageContaining("its manifest says");
  }
}
