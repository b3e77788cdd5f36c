package dev.cairn.runtime;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.cairn.attribution.Example;
import dev.cairn.attribution.Npy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
  void bytes_are_scaled_to_what_pixel_models_take() throws IOException {
    // Given the file that NumPy makes of uint8
    String header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 16, 16), }";
    ByteBuffer file = ByteBuffer.allocate(128 + 256).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) 118);
    file.put((header + " ".repeat(117 - header.length()) + "\n").getBytes(US_ASCII));
    file.put(new byte[] {0, (byte) 255, 51});
    Files.write(temp.resolve("images.npy"), file.array());

    // When
    float[] image = TrainingData.open(temp, bundle).image(0);

    // Then
    assertThat(image).hasSize(256).startsWith(-1, 1, -0.6f).endsWith(-1);
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
        .hasMessageContaining("holds no pictures; expected images.npy");
  }
}
