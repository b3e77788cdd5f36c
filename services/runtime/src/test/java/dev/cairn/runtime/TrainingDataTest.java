package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.cairn.attribution.Example;
import dev.cairn.attribution.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingDataTest {

  @TempDir Path temp;

  private final ModelBundle bundle = ModelBundle.open(Fashion.resources());

  private void images(int... shape) {
    int elements = 1;
    for (int axis : shape) {
      elements *= axis;
    }
    Npy.writeFloats(temp.resolve("images.npy"), shape, new float[elements]);
  }

  @Test
  void labels_are_optional_and_named_by_labels_txt() throws IOException {
    // Given
    images(3, 1, 16, 16);
    Npy.writeIntegers(temp.resolve("labels.npy"), new int[] {3}, new long[] {1, 0, 5});
    Files.writeString(temp.resolve("labels.txt"), "T-shirt\nTrouser\n");

    // When
    TrainingData data = TrainingData.open(temp, bundle);

    // Then
    assertThat(data.examples())
        .extracting(Example::id, Example::label)
        .containsExactly(
            tuple("000000", "Trouser"), tuple("000001", "T-shirt"), tuple("000002", "5"));
  }

  @Test
  void a_wrong_shape_names_the_file_and_both_shapes() {
    images(2, 1, 16, 15);

    assertThatThrownBy(() -> TrainingData.open(temp, bundle))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining("images.npy: has shape [2, 1, 16, 15]")
        .hasMessageContaining("[1, 16, 16]");
  }

  @Test
  void a_value_that_is_not_finite_names_its_row() {
    float[] pixels = new float[3 * 256];
    pixels[2 * 256 + 7] = Float.NaN;
    Npy.writeFloats(temp.resolve("images.npy"), new int[] {3, 1, 16, 16}, pixels);

    assertThatThrownBy(() -> TrainingData.open(temp, bundle))
        .hasMessageContaining("row 2 holds NaN");
  }

  @Test
  void too_few_labels_are_refused() {
    images(3, 1, 16, 16);
    Npy.writeIntegers(temp.resolve("labels.npy"), new int[] {2}, new long[] {1, 0});

    assertThatThrownBy(() -> TrainingData.open(temp, bundle))
        .hasMessageContaining("2 labels for 3 images");
  }

  @Test
  void a_directory_without_images_says_what_is_expected() {
    assertThatThrownBy(() -> TrainingData.open(temp, bundle))
        .hasMessageContaining("images.npy: no such file; the model takes rows of shape");
  }
}
